import { maxLengthOf } from '../../get-or-create/encode'
import type { Affinity, ColumnInfo } from '../../get-or-create/table'
import { DECIMAL_NUMBER, WHOLE_NUMBER } from '../field'

type JsonType = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string'

/** As much of JSON Schema 2020-12 as the document uses. */
export interface Schema {
	$ref?: string
	type?: JsonType | JsonType[]
	title?: string
	description?: string
	const?: unknown
	enum?: unknown[]
	default?: unknown
	format?: string
	pattern?: string
	contentEncoding?: string
	maxLength?: number
	minimum?: number
	maximum?: number
	items?: Schema
	minItems?: number
	maxItems?: number
	properties?: Record<string, Schema>
	required?: string[]
	additionalProperties?: boolean
	oneOf?: Schema[]
	readOnly?: boolean
}

/** What a column's JSON value may be: what field.ts accepts and row.ts presents. */
export function columnSchema(info: ColumnInfo): Schema {
	const { column } = info
	const value = valueSchema(info)
	return {
		...value,
		...(column.notNull ? {} : nullable(value)),
		...(isConstant(column.default) ? { default: column.default } : {}),
		...(column.generated ? { readOnly: true, description: 'The database computes it.' } : {}),
	}
}

/** The same without null, which no query or path can spell. */
export function valueSchema({ column, affinity }: ColumnInfo): Schema {
	switch (column.dataType) {
		case 'boolean':
			return { type: 'boolean' }
		case 'date':
			return { type: 'string', format: 'date-time' }
		case 'json':
			return {
				type: ['object', 'array', 'string', 'number', 'boolean'],
				description: 'Any JSON but null, nested at most 100 deep.',
			}
		case 'bigint':
			return { type: 'string', pattern: WHOLE_NUMBER.source, description: 'A whole number of any size.' }
		case 'buffer':
			return BYTES
		case 'number':
			return affinity === 'integer' ? INTEGER : { type: 'number' }
		case 'string':
			return column.columnType === 'SQLiteNumeric'
				? { type: 'string', pattern: DECIMAL_NUMBER.source, description: 'A decimal number.' }
				: textSchema(column)
		default:
			return customSchema(affinity)
	}
}

const INTEGER: Schema = {
	type: 'integer',
	minimum: Number.MIN_SAFE_INTEGER,
	maximum: Number.MAX_SAFE_INTEGER,
}
const BYTES: Schema = { type: 'string', contentEncoding: 'base64' }

function textSchema(column: ColumnInfo['column']): Schema {
	if (column.enumValues?.length) return { type: 'string', enum: [...column.enumValues] }
	const maxLength = maxLengthOf(column)
	return { type: 'string', ...(maxLength === undefined ? {} : { maxLength }) }
}

function customSchema(affinity: Affinity): Schema {
	switch (affinity) {
		case 'integer':
			return INTEGER
		case 'text':
			return { type: 'string' }
		case 'blob':
			return BYTES
		case 'real':
		case 'numeric':
			return { type: 'number' }
	}
}

function nullable({ type = [], enum: values }: Schema): Schema {
	return { type: [type, 'null' as const].flat(), ...(values ? { enum: [...values, null] } : {}) }
}

/** Not a date, bytes or SQL: a default that is the same in JSON. */
function isConstant(value: unknown): value is string | number | boolean {
	return ['string', 'number', 'boolean'].includes(typeof value)
}
