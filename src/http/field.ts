import * as v from 'valibot'
import { textFault } from '../get-or-create/encode'
import type { ColumnInfo } from '../get-or-create/table'

/** Reads one JSON value as the column's Drizzle value, or says what is wrong with it. */
export type Field = v.GenericSchema<unknown, unknown>

/** What callers may send for a column, derived from its Drizzle type. */
export function fieldOf(info: ColumnInfo): Field {
	const field = typeField(info)
	return info.column.notNull ? field : v.nullable(field)
}

function typeField(info: ColumnInfo): Field {
	const { column } = info
	switch (column.dataType) {
		case 'boolean':
			return v.boolean('must be true or false')
		case 'date':
			return v.pipe(
				v.string(DATE),
				v.check(isDateTime, DATE),
				v.transform((text) => new Date(text)),
			)
		case 'json':
			return v.custom(
				(value) => value !== null && depthOf(value) <= MAX_DEPTH,
				'must not be null or nested deeper than 100',
			)
		case 'bigint':
			return v.pipe(
				v.string(BIGINT),
				v.regex(WHOLE_NUMBER, BIGINT),
				v.transform((digits) => BigInt(digits)),
			)
		case 'buffer':
			return bytes
		case 'number':
			return info.affinity === 'integer' ? integer : number
		case 'string':
			return column.columnType === 'SQLiteNumeric' ? decimal : textField(info)
		default:
			// A custom type: its Drizzle value is taken to be what SQLite stores.
			return customField(info)
	}
}

/** Big integers and decimals travel as text, so that no reader rounds them. */
export const WHOLE_NUMBER = /^-?\d{1,100}$/
export const DECIMAL_NUMBER = /^-?\d{1,100}(\.\d{1,100})?$/

const RFC_3339 = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const DATE = 'must be a date and time with its offset, as in 2026-01-31T12:00:00Z'
const BIGINT = 'must be a whole number in a string, as in "12345"'
const DECIMAL = 'must be a number in a string, as in "12.50"'
const BASE64 = 'must be bytes in base64'
const MAX_DEPTH = 100

const integer = v.pipe(
	v.number('must be a whole number'),
	v.safeInteger('must be a whole number between -9007199254740991 and 9007199254740991'),
)
const number = v.pipe(v.number('must be a number'), v.finite('must be a finite number'))
const decimal = v.pipe(v.string(DECIMAL), v.regex(DECIMAL_NUMBER, DECIMAL))
const bytes = v.pipe(
	v.string(BASE64),
	v.base64(BASE64),
	v.transform((text) => Buffer.from(text, 'base64')),
)
/**
 * Date.parse takes the 30th of February for the 2nd of March: the day must come out as it went in. An offset can lead
 * out of the years of four digits, which are all that RFC 3339 has.
 */
function isDateTime(text: string): boolean {
	const midnight = Date.parse(`${text.slice(0, 10)}T00:00:00Z`)
	return (
		RFC_3339.test(text) &&
		!Number.isNaN(Date.parse(text)) &&
		new Date(midnight).toISOString().startsWith(text.slice(0, 10)) &&
		RFC_3339.test(new Date(text).toISOString())
	)
}

function textField(info: ColumnInfo): Field {
	return v.pipe(
		v.string('must be text'),
		v.rawCheck(({ dataset, addIssue }) => {
			const message = dataset.typed ? textFault(info, dataset.value) : undefined
			if (message !== undefined) addIssue({ message })
		}),
	)
}

function customField(info: ColumnInfo): Field {
	switch (info.affinity) {
		case 'integer':
			return integer
		case 'text':
			return textField(info)
		case 'blob':
			return bytes
		case 'real':
		case 'numeric':
			return number
	}
}

function depthOf(value: unknown): number {
	let depth = 0
	for (let level: unknown[] = [value]; level.length > 0 && depth <= MAX_DEPTH; depth++) {
		level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []))
	}
	return depth
}
