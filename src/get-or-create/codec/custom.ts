import { is, isSQLWrapper, SQL } from 'drizzle-orm'
import { type Codec, type Coded, codec, type Meaning, type Storage, Wrong } from './codec'
import { expressionOf } from './expression'
import { bytes, isDateTime } from './meanings'
import { looksNumeric, numberOf } from './numeric-text'
import { anything, decimals, numbers, texts } from './storage'

/** Types of the user's own: https://orm.drizzle.team/docs/custom-types. What they mean only their mappers know. */
export function custom(coded: Coded): Codec {
	const { column, affinity, casing } = coded
	const isMapped = 'mapTo' in column && 'mapFrom' in column && (column.mapTo ?? column.mapFrom) !== undefined
	const forNumbers = isMapped ? decimals : numbers
	const storage = affinity === 'text' ? texts : affinity === 'blob' ? anything : forNumbers
	const plain = codec(coded, isMapped ? mapped(coded, storage) : unmapped(coded), storage)
	return {
		...plain,
		encode(value) {
			try {
				const driver: unknown = isSQLWrapper(value) ? undefined : column.mapToDriverValue(value)
				if (is(driver, SQL)) return expressionOf(driver, casing)
			} catch {
				// Told by the codec of values.
			}
			return plain.encode(value)
		},
	}
}

/** Without mappers a value is what SQLite gives back. */
function unmapped({ column, affinity }: Coded): Meaning {
	if (affinity === 'blob') return bytes
	const isText = affinity === 'text'
	const parse = (json: unknown): unknown => {
		if (typeof json === 'string') return isText ? json : bigOrText(json)
		return typeof json === 'number' && !isText
			? json
			: new Wrong(`must be a value for ${column.getSQLType()}`)
	}
	return {
		parse,
		parseText: (text) =>
			!isText && looksNumeric(text) && bigOrText(text) === text ? Number(text) : parse(text),
		present,
		schema: isText
			? { type: 'string' }
			: {
					type: ['number', 'string'],
					description:
						'A number; or text, as long as SQLite makes no number of it. Whole numbers beyond 2^53 are text.',
				},
	}
}

/** A whole number that comes back as it was sent only as text. */
function bigOrText(text: string): bigint | string {
	if (!/^-?[1-9]\d{15,18}$/.test(text)) return text
	const value = BigInt(text)
	return Number.isSafeInteger(Number(value)) ? text : value
}

/**
 * A JSON value may be the very value, or stand for a date, bytes or a big integer: whichever its mappers take, and give
 * back as what was sent.
 */
function mapped({ column }: Coded, storage: Storage): Meaning {
	const parse = (json: unknown): unknown => {
		for (const candidate of candidatesFor(json)) {
			try {
				const driver: unknown = column.mapToDriverValue(candidate)
				if (is(driver, SQL)) return candidate
				if (typeof storage.cell(driver) !== 'string') continue
				const back: unknown = column.mapFromDriverValue(kept(driver, storage))
				if (!isSame(back, json)) continue
				return isPlain(back) ? candidate : back
			} catch {
				// Not this one.
			}
		}
		return new Wrong(`must be a value for ${column.getSQLType()}`)
	}
	return {
		parse,
		parseText: (text) => {
			const value = parse(jsonOf(text))
			return value instanceof Wrong ? parse(text) : value
		},
		present,
		schema: { description: `A value of the type ${column.getSQLType()}.` },
	}
}

function candidatesFor(json: unknown): unknown[] {
	if (typeof json !== 'string') return [json]
	return [
		json,
		...(isDateTime(json) ? [new Date(json)] : []),
		...(/^-?\d{1,100}$/.test(json) ? [BigInt(json)] : []),
		...[bytes.parse(json)].filter((value) => !(value instanceof Wrong)),
	]
}

/** What the column would give back for it. */
function kept(driver: unknown, storage: Storage): unknown {
	const isNumber =
		typeof driver === 'bigint' || (typeof driver === 'string' && storage === decimals && looksNumeric(driver))
	return isNumber ? decimals.ofJson(numberOf(String(driver))?.decimal ?? '') : driver
}

function isPlain(value: unknown): boolean {
	return !(value instanceof Date || ArrayBuffer.isView(value) || typeof value === 'bigint')
}

function isSame(back: unknown, json: unknown): boolean {
	if (back instanceof Date)
		return typeof json === 'string' && isDateTime(json) && back.getTime() === Date.parse(json)
	if (typeof back === 'bigint') return String(back) === json
	if (back instanceof Uint8Array) return bytes.present(back) === json
	const seen = present(back)
	return Array.isArray(seen) === Array.isArray(json) && typeof seen === typeof json
}

/** A Drizzle value of a type that we don't know. */
function present(value: unknown): unknown {
	if (typeof value === 'bigint') return String(value)
	if (value instanceof Date) return value.toJSON()
	if (value instanceof Uint8Array) return bytes.present(value)
	if (value instanceof Float32Array || value instanceof Float64Array) return Array.from(value)
	return value
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return text
	}
}
