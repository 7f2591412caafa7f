import { base64Of, bytesOfBase64 } from '../../database/bytes'
import { type Coded, type Meaning, type ValueSchema, Wrong } from './codec'
import { driverBytes } from './driver-bytes'
import { decimalOf } from './numeric-text'
import { doubles, safeIntegers } from './sums'

// What the values of Drizzle's own columns mean in JSON, where dates, bytes, decimals and big integers are text, so that
// no reader rounds them.

const anyText: Pick<Meaning, 'parse' | 'parseText' | 'present'> = {
	parse: (json) => (typeof json === 'string' ? json : new Wrong('must be text')),
	parseText: (text) => text,
	present: (value) => value,
}

export function plainText({ column }: Coded): Meaning {
	const choices = column.enumValues?.length ? column.enumValues : undefined
	const max = 'length' in column && typeof column.length === 'number' ? column.length : undefined
	return {
		...anyText,
		// SQLite itself enforces none of it.
		check: (value) => {
			if (typeof value !== 'string') return undefined
			if (choices && !choices.includes(value)) return new Wrong(`must be one of ${choices.join(', ')}`)
			// Characters are code points, as in SQLite's length() and in JSON Schema's maxLength.
			return max !== undefined && value.length > max && Array.from(value).length > max
				? new Wrong(`must have at most ${max} characters`)
				: undefined
		},
		schema: choices
			? { type: 'string', enum: [...choices] }
			: { type: 'string', ...(max === undefined ? {} : { maxLength: max }) },
		...(choices ? {} : { isOrdered: true }),
	}
}

export const decimal: Meaning = {
	...anyText,
	// As Drizzle has it, but for large and small ones, which it gives with an exponent.
	present: (value) =>
		typeof value === 'string' && /^-?\d.*e[+-]?\d+$/.test(value) ? decimalOf(Number(value)) : value,
	schema: {
		type: 'string',
		format: 'decimal',
		description:
			'A decimal number with as many digits as a double tells (about 15), or a whole one of 64 bits: "12.50" and "12.5" are the same. Text that is no number is kept as it is.',
	},
	isOrdered: true,
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const numberText = (text: string): unknown =>
	NUMBER.test(text) ? Number(text) : new Wrong('must be a number')

export const number: Meaning = {
	check: (value) => (Number.isFinite(value) ? undefined : new Wrong('must be a finite number')),
	parse: (json) => (typeof json === 'number' ? json : new Wrong('must be a number')),
	parseText: numberText,
	present: (value) => value,
	schema: { type: 'number' },
	isOrdered: true,
	sum: doubles,
}

const SAFE_INTEGER: ValueSchema = {
	type: 'integer',
	minimum: Number.MIN_SAFE_INTEGER,
	maximum: Number.MAX_SAFE_INTEGER,
}
const UNSAFE = new Wrong('must be a whole number between -9007199254740991 and 9007199254740991')

/** An integer needs no exponent, and gets no other spelling by one. */
const WHOLE = /^-?\d+(?:\.0+)?$/
const wholeNumber = (json: unknown): unknown => {
	if (typeof json !== 'number') return new Wrong('must be a whole number')
	return Number.isSafeInteger(json) ? json : UNSAFE
}

export const integer: Meaning = {
	check: (value) =>
		Number.isInteger(value) || typeof value === 'bigint' ? undefined : new Wrong('must be a whole number'),
	parse: wholeNumber,
	parseText: (text) => (WHOLE.test(text) ? wholeNumber(Number(text)) : UNSAFE),
	present: (value) => (typeof value === 'bigint' ? String(value) : value),
	schema: SAFE_INTEGER,
	isOrdered: true,
	sum: safeIntegers,
}

export const boolean: Meaning = {
	parse: (json) => (typeof json === 'boolean' ? json : new Wrong('must be true or false')),
	parseText: (text) =>
		text === 'true' ? true : text === 'false' ? false : new Wrong('must be true or false'),
	present: (value) => value,
	schema: { type: 'boolean' },
}

const DIGITS = /^-?\d{1,100}$/
const NOT_DIGITS = new Wrong('must be a whole number in a string, as in "12345"')
const digits = (json: unknown): unknown =>
	typeof json === 'string' && DIGITS.test(json) ? BigInt(json) : NOT_DIGITS

export const bigint: Meaning = {
	check: (value) => (typeof value === 'bigint' ? undefined : NOT_DIGITS),
	parse: digits,
	parseText: digits,
	present: String,
	schema: { type: 'string', pattern: DIGITS.source, description: 'A whole number.' },
}

const BASE64 = /^(?:[\da-z+/]{4})*(?:[\da-z+/]{2}==|[\da-z+/]{3}=)?$/i
const base64 = (json: unknown): unknown =>
	typeof json === 'string' && BASE64.test(json)
		? driverBytes(bytesOfBase64(json).buffer)
		: new Wrong('must be bytes in base64')

export const bytes: Meaning = {
	parse: base64,
	parseText: base64,
	present: (value) => (value instanceof Uint8Array ? base64Of(value) : value),
	schema: { type: 'string', contentEncoding: 'base64' },
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const NO_DATE = new Wrong('must be a date and time with its offset, as in 2026-01-31T12:00:00Z')

/**
 * Date.parse takes the 30th of February for the 2nd of March: the day must come out as it went in. An offset can lead
 * out of the years of four digits, which are all that RFC 3339 has.
 */
export function isDateTime(text: string): boolean {
	const midnight = Date.parse(`${text.slice(0, 10)}T00:00:00Z`)
	return (
		RFC_3339.test(text) &&
		!Number.isNaN(Date.parse(text)) &&
		new Date(midnight).toISOString().startsWith(text.slice(0, 10)) &&
		RFC_3339.test(new Date(text).toISOString())
	)
}

export function date({ column, isInKey }: Coded): Meaning {
	const isSeconds = 'mode' in column && column.mode === 'timestamp'
	// Elsewhere Drizzle drops it; two keys would be one.
	const tooFine = new Wrong(
		`must have no fraction of a ${isSeconds ? '' : 'milli'}second, which the column would drop`,
	)
	const parse = (json: unknown): unknown => {
		if (typeof json !== 'string' || !isDateTime(json)) return NO_DATE
		return isInKey && /\.\d{3}\d*[1-9]/.test(json) ? tooFine : new Date(json)
	}
	return {
		check: (value) => {
			if (!(value instanceof Date) || Number.isNaN(value.getTime())) return NO_DATE
			return isInKey && isSeconds && value.getTime() % 1000 !== 0 ? tooFine : undefined
		},
		parse,
		parseText: parse,
		present: (value) => (value instanceof Date ? value.toJSON() : value),
		schema: { type: 'string', format: 'date-time' },
		isOrdered: true,
	}
}
