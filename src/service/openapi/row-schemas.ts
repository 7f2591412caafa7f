import type { ColumnInfo } from '../../get-or-create/table'
import type { Resource } from '../resource'
import { columnSchema, type Schema } from './column-schema'
import { closed } from './problem-schemas'

export const PROBLEM: Schema = { $ref: '#/components/schemas/Problem' }

/** How many rows an array may have. */
const MAX_ROWS = 1000

export type Verb = 'post' | 'put'

/** What of a row is sent and answered. */
type RowKind = 'Row' | 'Post' | 'Put'

/** The components of one table: its row as it is answered, and as POST and PUT take it. */
export function rowSchemas(resource: Resource): Record<string, Schema> {
	const { info, visible } = resource
	const writable = visible.filter(({ column }) => !column.generated)
	const schemasOf = (columns: typeof visible) =>
		Object.fromEntries(columns.map((column) => [column.property, columnSchema(column)]))
	const sent: Schema = {
		type: 'object',
		properties: Object.fromEntries(writable.map((column) => [column.property, sentSchema(column)])),
		additionalProperties: false,
	}
	const required = writable.filter((column) => column.required).map(({ property }) => property)
	return {
		[schemaName(resource, 'Row')]: {
			description: `A row of ${info.name}.`,
			...closed(schemasOf(visible)),
		},
		[schemaName(resource, 'Post')]: {
			description: `A row of ${info.name} to get or create. A column left out takes its default.`,
			...sent,
			required,
		},
		[schemaName(resource, 'Put')]: {
			description: `A row of ${info.name} to update or create. Where it has to be made, it needs what POST needs.`,
			...sent,
		},
	}
}

function sentSchema(info: ColumnInfo): Schema {
	return { ...columnSchema(info), ...(info.maximum === undefined ? {} : { maximum: info.maximum }) }
}

export function rowRef(resource: Resource, kind: RowKind): Schema {
	return { $ref: `#/components/schemas/${schemaName(resource, kind)}` }
}

/** What a JSON request may be: a row, or many. */
export function bodySchema(resource: Resource, verb: Verb): Schema {
	const kind = verb === 'post' ? 'Post' : 'Put'
	return oneOrMany(rowSchemas(resource)[schemaName(resource, kind)] ?? {}, rowRef(resource, kind))
}

/** The answer to a JSON request that made no row of its own: of the row that was there, or of many. */
export function answerSchema(resource: Resource, verb: Verb): Schema {
	return oneOrMany(resultSchema(resource, verb, false), resultsSchema(resource, verb).items ?? {})
}

/**
 * What generators of clients read as one object, which most requests are about, and validators as what it is: that, or
 * an array. Of a `oneOf` generators make a union, of which each and every answer would have to be narrowed.
 */
function oneOrMany({ type = 'object', ...one }: Schema, items: Schema): Schema {
	return { ...one, if: { type }, else: { type: 'array', items, maxItems: MAX_ROWS } }
}

/** What a JSON request of many rows is. */
export function manySchema(resource: Resource, verb: Verb): Schema {
	return { type: 'array', items: rowRef(resource, verb === 'post' ? 'Post' : 'Put'), maxItems: MAX_ROWS }
}

/** The answer about one row that was there, or was made. */
export function resultSchema(resource: Resource, verb: Verb, created: boolean): Schema {
	const updated: Schema = created ? { type: 'boolean', const: false } : { type: 'boolean' }
	return closed({
		row: rowRef(resource, 'Row'),
		created: { type: 'boolean', const: created },
		...(verb === 'put' ? { updated } : {}),
	})
}

/** The answers about many rows, in their order: each what the single request would have answered. */
export function resultsSchema(resource: Resource, verb: Verb): Schema {
	return {
		type: 'array',
		maxItems: MAX_ROWS,
		items: {
			oneOf: [
				resultSchema(resource, verb, true),
				resultSchema(resource, verb, false),
				closed({ problem: PROBLEM }),
			],
		},
	}
}

/** Table names may have characters that component names may not: no two names come to the same. */
export function componentName(name: string): string {
	return name.replaceAll(/[^\w-]/g, (character) => `.${character.charCodeAt(0).toString(16)}.`)
}

function schemaName({ info }: Resource, kind: RowKind): string {
	return `${componentName(info.name)}.${kind}`
}
