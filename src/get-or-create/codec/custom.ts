import { is, SQL } from 'drizzle-orm'
import { type Affinity, type Codec, type Coded, codec, type Meaning, type Storage, Wrong } from './codec'
import { expressionOf } from './expression'
import { bytes, isDateTime } from './meanings'
import { looksNumeric } from './numeric-text'
import { anything, decimals, doubleOf, doubles, numbers, texts, WHOLE } from './storage'

/** Types of the user's own: https://orm.drizzle.team/docs/custom-types. What they mean only their mappers know. */
export function custom(coded: Coded): Codec {
	const { column, affinity, casing } = coded
	const isMapped = 'mapTo' in column && 'mapFrom' in column && (column.mapTo ?? column.mapFrom) !== undefined
	const storage = withBytes(isMapped ? mappedStorage(coded) : unmappedStorage(affinity))
	return codec(coded, isMapped ? mapped(coded, storage) : unmapped(coded), storage, {
		toCell: (driver) => (is(driver, SQL) ? expressionOf(driver, casing) : storage.cell(driver)),
	})
}

function unmappedStorage(affinity: Affinity): Storage {
	switch (affinity) {
		case 'text':
			return texts
		case 'blob':
			return anything
		case 'real':
			return doubles
		case 'integer':
		case 'numeric':
			return numbers
	}
}

/** Whatever a column's type is called, it keeps bytes as they are: a `binary(16)`, or a vector that is a `FLOAT32(3)`. */
function withBytes(plain: Storage): Storage {
	if (plain === anything) return plain
	const cell: Storage['cell'] = (driver) =>
		driver instanceof Uint8Array ? anything.cell(driver) : plain.cell(driver)
	return { ...anything, cell }
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
		parseText: (text) => {
			const isNumber = !isText && looksNumeric(text) && (affinity === 'real' || bigOrText(text) === text)
			return isNumber ? Number(text) : parse(text)
		},
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

/** A whole number of 64 bits that comes back as it was sent only as text. */
function bigOrText(text: string): bigint | string {
	if (!/^-?[1-9]\d{15,18}$/.test(text)) return text
	const value = BigInt(text)
	return Number.isSafeInteger(Number(value)) || BigInt.asIntN(64, value) !== value ? text : value
}

/** Text that a column of numbers makes a number of is taken where the mapper makes the same of both. */
function mappedStorage({ column, affinity }: Coded): Storage {
	const plain = unmappedStorage(affinity)
	if (plain === texts || plain === anything) return plain
	const cell: Storage['cell'] = (driver) => {
		const refused = plain.cell(driver)
		if (typeof driver !== 'string' || !looksNumeric(driver)) return refused
		const number = decimals.cell(driver)
		const exact = affinity === 'real' ? doubleOf(number) : number
		if (typeof exact !== 'string') return exact
		const [text, made] = [driver, kept(driver, exact, affinity)].map((stored) =>
			JSON.stringify(present(column.mapFromDriverValue(stored))),
		)
		return text === made ? exact : refused
	}
	return { ...plain, cell }
}

/** What the column would give back of a cell. */
function kept(driver: unknown, cell: string, affinity: Affinity): unknown {
	if (driver instanceof Uint8Array || typeof driver === 'number' || cell.startsWith('"')) return driver
	const number = WHOLE.test(cell) ? numbers.ofJson(cell) : Number(driver)
	return affinity === 'real' ? Number(number) : number
}

/**
 * A JSON value may be the very value, or stand for a date, bytes or a big integer: whichever its mappers take, and give
 * back as what was sent.
 */
function mapped(coded: Coded, storage: Storage): Meaning {
	const { column, affinity, isInKey } = coded
	/** What is kept of a date that a column keeps a part of; two keys would be one. */
	const isCut = (back: unknown, cell: string) =>
		!isInKey && back instanceof Date && storage.cell(column.mapToDriverValue(back)) === cell
	const parse = (json: unknown): unknown => {
		let wrong = new Wrong(`must be a value for ${column.getSQLType()}`)
		for (const candidate of candidatesFor(json, coded)) {
			try {
				const driver: unknown = column.mapToDriverValue(candidate)
				if (is(driver, SQL)) return candidate
				const cell = storage.cell(driver)
				if (cell instanceof Wrong && candidate === json) wrong = cell
				if (typeof cell !== 'string') continue
				const back: unknown = column.mapFromDriverValue(kept(driver, cell, affinity))
				const isKept = candidate === json ? isAlike(back, json) : isSame(back, json)
				if (!isKept && !(candidate instanceof Date && isCut(back, cell))) continue
				return isPlain(back) ? candidate : back
			} catch {
				// Not this one.
			}
		}
		return wrong
	}
	const parseText = (text: string) => {
		const json = jsonOf(text)
		// Digits that JSON would round mean what they say.
		const isRounded = Number.isInteger(json) && !Number.isSafeInteger(json)
		const value = parse(isRounded ? text : json)
		return value instanceof Wrong ? parse(isRounded ? json : text) : value
	}
	return {
		parse,
		parseText,
		present,
		// Where text would be read as JSON, it stands there as JSON.
		presentText: (json) =>
			typeof json === 'string' && present(parseText(json)) === json ? json : JSON.stringify(json),
		schema: { description: `A value of the type ${column.getSQLType()}.` },
	}
}

function candidatesFor(json: unknown, { column, affinity }: Coded): unknown[] {
	if (typeof json !== 'string') return [json]
	const isForBytes = affinity === 'blob' || /binary/i.test(column.getSQLType())
	const asBytes = isForBytes || !looksNumeric(json) ? [bytes.parse(json)].filter(isRight) : []
	const others = [
		json,
		...(isDateTime(json) ? [new Date(json)] : []),
		...(/^-?\d{1,100}$/.test(json) ? [BigInt(json)] : []),
	]
	// A mapper that changes nothing takes bytes for what they are sent as.
	return isForBytes ? [...asBytes, ...others] : [...others, ...asBytes]
}

function isRight(value: unknown): boolean {
	return !(value instanceof Wrong)
}

function isPlain(value: unknown): boolean {
	return !(value instanceof Date || ArrayBuffer.isView(value) || typeof value === 'bigint')
}

/** What comes back is what was sent. */
function isSame(back: unknown, json: unknown): boolean {
	if (back instanceof Date)
		return typeof json === 'string' && isDateTime(json) && back.getTime() === Date.parse(json)
	return present(back) === json
}

/** The same, or of the same type: mappers may trim, or fold the case. */
function isAlike(back: unknown, json: unknown): boolean {
	const seen = present(back)
	if (Array.isArray(seen) || Array.isArray(json)) return Array.isArray(seen) && Array.isArray(json)
	return isSame(back, json) || (typeof seen === typeof json && isPlain(back))
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
