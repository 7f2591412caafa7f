import { is, SQL } from 'drizzle-orm'
import type { JsonType, ValueSchema } from '../../get-or-create/codec/codec'
import type { ColumnInfo } from '../../get-or-create/table'

/** As much of JSON Schema 2020-12 as the document uses. */
export interface Schema extends ValueSchema {
	$ref?: string
	title?: string
	const?: unknown
	default?: unknown
	examples?: unknown[]
	items?: Schema
	minItems?: number
	maxItems?: number
	properties?: Record<string, Schema>
	required?: string[]
	additionalProperties?: boolean
	oneOf?: Schema[]
	anyOf?: Schema[]
	if?: Schema
	else?: Schema
	readOnly?: boolean
	contentMediaType?: string
}

/** What a column's JSON value may be. */
export function columnSchema({ column, codec }: ColumnInfo): Schema {
	const value = codec.schema
	const { default: constant } = column
	const hasConstant = constant !== undefined && constant !== null && !is(constant, SQL)
	return {
		...value,
		...(column.notNull ? {} : nullable(value)),
		...(hasConstant ? { default: codec.present(constant) } : {}),
		...(column.generated ? { readOnly: true, description: 'The database computes it.' } : {}),
	}
}

/** What it may be as a piece of a path or a query, which can't spell null, and where JSON is text. */
export function parameterSchema({ codec: { schema } }: ColumnInfo): Schema {
	if (![schema.type].flat().includes('object')) return schema
	return { type: 'string', contentMediaType: 'application/json', description: schema.description ?? '' }
}

function nullable({ type, enum: values }: ValueSchema): Schema {
	if (type === undefined) return {}
	const types: JsonType[] = [type, 'null' as const].flat()
	return { type: types, ...(values ? { enum: [...values, null] } : {}) }
}
