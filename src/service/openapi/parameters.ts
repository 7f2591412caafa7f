import { type ColumnInfo, listed, type UniqueKey } from '../../get-or-create/table'
import { WAY_PARAMETERS, type WayParameter } from '../../get-or-create/ways'
import type { Resource } from '../resource'
import type { Schema } from './column-schema'
import { exampleValue } from './example-value'
import type { Examples } from './examples'
import type { Parameter } from './operation'
import type { ParentOf } from './view'

/** `by`, and what it is where it is left out. */
export function byParameter(resource: Resource, { key }: Examples, otherwise: string): Parameter {
	const description = `The columns that identify the row. ${LIST} They must contain a unique key: ${keyList(resource.keys)}. ${otherwise}`
	// What the database computes no row can give.
	const writable = resource.visible.filter(({ column }) => !column.generated)
	return columnsParameter('by', description, columnItems(writable), key)
}

/** How deep references are listed: there is no end to those of tables that refer to each other. */
const LISTED_DEPTH = 2

/** `by` of the rows that a row may hold in the place of keys. */
export function referenceParameters(
	{ visible }: Resource,
	parentOf: ParentOf,
	path: readonly string[] = [],
): Parameter[] {
	return visible.flatMap((column) => {
		const parent = parentOf(column)
		if (!parent) return []
		const inner = [...path, column.property]
		const items = columnItems(parent.visible.filter((each) => !each.column.generated))
		const name = `by.${inner.join('.')}`
		const description = `Where \`${inner.join('/')}\` is a row of ${parent.info.name}: the columns that identify it. ${LIST} They must contain a unique key: ${keyList(parent.keys)}. Default: the columns of every unique key that the row covers. The others are for creation only. Rows that it holds itself have a parameter each, likewise.`
		return [
			columnsParameter(name, description, items, []),
			...(inner.length < LISTED_DEPTH ? referenceParameters(parent, parentOf, inner) : []),
		]
	})
}

/** How columns change, which only a PUT says: each way that fits a column of the table. */
export function wayParameters({ info, visible }: Resource, { given, key }: Examples): Parameter[] {
	const others = given.filter((column) => !key.includes(column))
	/** No rule is known that refuses an example value of it. */
	const isFree = (column: ColumnInfo) =>
		info.checks.size === 0 &&
		!info.parents.some(({ columns }) => columns.includes(column)) &&
		exampleValue(column, 0) !== undefined
	return WAY_PARAMETERS.flatMap((way) => {
		const fit = visible.filter(way.fits)
		if (way.name === 'update') return wayParameter(way, columnItems(fit), others)
		if (fit.length === 0) return []
		// In words, since no row is an example of several ways at once.
		const [free] = fit.filter((column) => !key.includes(column) && isFree(column))
		const example =
			free &&
			` For example \`?by=${key.map(({ property }) => property).join()}&${way.name}=${free.property}\`.`
		return wayParameter({ ...way, description: way.description + (example ?? '') }, columnItems(fit), [])
	})
}

/** The same for a stream, which may be of any table. */
export function streamWayParameters(): Parameter[] {
	return WAY_PARAMETERS.map((way) => wayParameter(way, { type: 'string' }, []))
}

function wayParameter(
	{ name, description, isList }: WayParameter,
	items: Schema,
	example: readonly ColumnInfo[],
): Parameter {
	return isList
		? columnsParameter(name, `${description} ${LIST}`, items, example)
		: { name, in: 'query', description, schema: items }
}

/** `by` of a stream, which is the same for rows of any table. */
export function streamByParameter(otherwise: string): Parameter {
	const description = `The columns that identify a row. ${LIST} They must contain a unique key of the table. ${otherwise}`
	return columnsParameter('by', description, { type: 'string' }, [])
}

const LIST = 'As `a,b`, or given more than once, also with brackets behind the name.'

/** What holds the rows of an array together. */
export const atomicParameter: Parameter = {
	name: 'atomic',
	in: 'query',
	description:
		'Of an array: all rows or none. Where one of them is refused nothing is written, and the answer names each that was. A row by itself is that anyway.',
	schema: { type: 'boolean', default: false },
}

/** What makes a request safe to repeat, however its first try ended. */
export const idempotencyKeyParameter: Parameter = {
	name: 'Idempotency-Key',
	in: 'header',
	description:
		'Names this request for 24 hours: a repeat of it under the same key writes nothing and is answered with the same status, `created` and `updated`, and the row as it is then. Of many rows the key covers each by its position.',
	schema: { type: 'string', maxLength: 255, pattern: '^[ -~]+$' },
}

function columnItems(columns: readonly ColumnInfo[]): Schema {
	return { type: 'string', enum: columns.map(({ property }) => property) }
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
