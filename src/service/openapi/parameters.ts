import { type ColumnInfo, listed, type UniqueKey } from '../../get-or-create/table'
import type { Resource } from '../resource'
import type { Schema } from './column-schema'
import type { Examples } from './examples'
import type { Parameter } from './operation'

/** `by`, and what it is where it is left out. */
export function byParameter(resource: Resource, { key }: Examples, otherwise: string): Parameter {
	const description = `The columns that identify the row. ${LIST} They must contain a unique key: ${keyList(resource.keys)}. ${otherwise}`
	return columnsParameter('by', description, columnItems(resource), key)
}

/** `update`, which only a PUT has. */
export function updateParameter(resource: Resource, { given, key }: Examples): Parameter {
	const others = given.filter((column) => !key.includes(column))
	return columnsParameter('update', UPDATE, columnItems(resource), others)
}

/** `by` of a stream, which is the same for rows of any table. */
export function streamByParameter(otherwise: string): Parameter {
	const description = `The columns that identify a row. ${LIST} They must contain a unique key of the table. ${otherwise}`
	return columnsParameter('by', description, { type: 'string' }, [])
}

/** `update` of a stream. */
export function streamUpdateParameter(): Parameter {
	return columnsParameter('update', UPDATE, { type: 'string' }, [])
}

const LIST = 'As `a,b`, or given more than once, also with brackets behind the name.'
const UPDATE = `The columns to set where the row is there. ${LIST} Default: every column in the body outside \`by\`.`

/** What makes a request safe to repeat, however its first try ended. */
export const idempotencyKeyParameter: Parameter = {
	name: 'Idempotency-Key',
	in: 'header',
	description:
		'Names this request for 24 hours: a repeat of it under the same key writes nothing and is answered with the same status, `created` and `updated`, and the row as it is then. Of many rows the key covers each by its position.',
	schema: { type: 'string', maxLength: 255, pattern: '^[ -~]+$' },
}

function columnItems({ visible }: Resource): Schema {
	// What the database computes no row can give.
	const writable = visible.filter(({ column }) => !column.generated)
	return { type: 'string', enum: writable.map(({ property }) => property) }
}

function columnsParameter(
	name: string,
	description: string,
	items: Schema,
	example: readonly ColumnInfo[],
): Parameter {
	return {
		name,
		in: 'query',
		description,
		style: 'form',
		explode: false,
		schema: { type: 'array', items, minItems: 1 },
		...(example.length > 0 ? { example: example.map(({ property }) => property) } : {}),
	}
}

/** Unique keys as prose: `id`, `name` or `team, person`. */
export function keyList(keys: readonly UniqueKey[]): string {
	return keys
		.map(({ columns, nullable }) => `\`${listed(columns)}\`${nullable ? ' (where it is not null)' : ''}`)
		.join(' or ')
}
