import type { ColumnInfo } from '../../get-or-create/table'
import type { Resource } from '../resource'
import { columnSchema, type Schema } from './column-schema'
import { closed } from './problem-schemas'
import type { ParentOf } from './view'

export const PROBLEM: Schema = { $ref: '#/components/schemas/Problem' }

/** How many rows an array may have. */
const MAX_ROWS = 1000

export type Verb = 'post' | 'put'

/** What of a row is sent and answered. */
type RowKind = 'Row' | 'Post' | 'Put' | 'Reference'

/** The components of one table: its row as it is answered, and as POST and PUT take it. */
export function rowSchemas(resource: Resource, parentOf: ParentOf): Record<string, Schema> {
	const { info, visible } = resource
	const writable = visible.filter(({ column }) => !column.generated)
	const schemasOf = (columns: typeof visible) =>
		Object.fromEntries(columns.map((column) => [column.property, columnSchema(column)]))
	const sent: Schema = {
		type: 'object',
		properties: Object.fromEntries(writable.map((column) => [column.property, sentSchema(column, parentOf)])),
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
		[schemaName(resource, 'Reference')]: {
			description: `What became of a row of ${info.name} that another was given in the place of its key.`,
			...withReferences(resource, { row: rowRef(resource, 'Row'), created: { type: 'boolean' } }, parentOf),
		},
	}
}

function sentSchema(info: ColumnInfo, parentOf: ParentOf): Schema {
	const value = {
		...columnSchema(info),
		...(info.maximum === undefined ? {} : { maximum: info.maximum }),
	}
	const parent = parentOf(info)
	if (!parent) return value
	const description = `A value, or a row of ${parent.info.name}, which is got or created first, and whose key is used.`
	return { description, anyOf: [value, rowRef(parent, 'Post')] }
}

/** An object of these properties, and of what became of the rows that were given in the place of keys, where there were some. */
function withReferences(
	{ visible }: Resource,
	properties: Record<string, Schema>,
	parentOf: ParentOf,
): Schema {
	const referring = visible.flatMap((column): [string, Schema][] => {
		const parent = parentOf(column)
		return parent ? [[column.property, rowRef(parent, 'Reference')]] : []
	})
	const object = closed(properties)
	if (referring.length === 0) return object
	const references: Schema = {
		type: 'object',
		description: 'What became of the rows that were given in the place of keys.',
		properties: Object.fromEntries(referring),
		additionalProperties: false,
	}
	return { ...object, properties: { ...properties, references } }
}

export function rowRef(resource: Resource, kind: RowKind): Schema {
	return { $ref: `#/components/schemas/${schemaName(resource, kind)}` }
}

/** What a JSON request may be: a row, or many. */
export function bodySchema(resource: Resource, verb: Verb, parentOf: ParentOf): Schema {
	const kind = verb === 'post' ? 'Post' : 'Put'
	return oneOrMany(rowSchemas(resource, parentOf)[schemaName(resource, kind)] ?? {}, rowRef(resource, kind))
}

/** The answer to a JSON request that made no row of its own: of the row that was there, or of many. */
export function answerSchema(resource: Resource, verb: Verb, parentOf: ParentOf): Schema {
	return oneOrMany(
		resultSchema(resource, verb, false, parentOf),
		resultsSchema(resource, verb, parentOf).items ?? {},
	)
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
export function resultSchema(resource: Resource, verb: Verb, created: boolean, parentOf: ParentOf): Schema {
	const updated: Schema = created ? { type: 'boolean', const: false } : { type: 'boolean' }
	const properties: Record<string, Schema> = {
		row: rowRef(resource, 'Row'),
		created: { type: 'boolean', const: created },
		...(verb === 'put' ? { updated } : {}),
	}
	return withReferences(resource, properties, parentOf)
}

/** The answers about many rows, in their order: each what the single request would have answered. */
export function resultsSchema(resource: Resource, verb: Verb, parentOf: ParentOf): Schema {
	return {
		type: 'array',
		maxItems: MAX_ROWS,
		items: {
			oneOf: [
				resultSchema(resource, verb, true, parentOf),
				resultSchema(resource, verb, false, parentOf),
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
