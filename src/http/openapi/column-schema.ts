import { is, SQL } from 'drizzle-orm'
import type { JsonType, ValueSchema } from '../../get-or-create/codec/codec'
import type { ColumnInfo } from '../../get-or-create/table'

/** As much of JSON Schema 2020-12 as the document uses. */
export interface Schema extends ValueSchema {
	$ref?: string
	title?: string
	const?: unknown
	default?: unknown
	items?: Schema
	minItems?: number
	maxItems?: number
	properties?: Record<string, Schema>
	required?: string[]
	additionalProperties?: boolean
	oneOf?: Schema[]
	readOnly?: boolean
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

/** The same without null, which no query or path can spell. */
export function valueSchema({ codec }: ColumnInfo): Schema {
	return codec.schema
}

function nullable({ type, enum: values }: ValueSchema): Schema {
	if (type === undefined) return {}
	const types: JsonType[] = [type, 'null' as const].flat()
	return { type: types, ...(values ? { enum: [...values, null] } : {}) }
}
