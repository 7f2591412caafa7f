import { type Affinity, type Storage, type Stored, Wrong } from './codec'
import { doubleCell, numberCell, wholeNumberCell, withFraction } from './exact'
import { decimalCell, looksNumeric, numberOf } from './numeric-text'

/** The rules of https://sqlite.org/datatype3.html#determination_of_column_affinity, but that a type is always named. */
export function affinityOf(type: string): Affinity {
	if (/int/i.test(type)) return 'integer'
	if (/char|clob|text/i.test(type)) return 'text'
	if (/blob/i.test(type)) return 'blob'
	return /real|floa|doub/i.test(type) ? 'real' : 'numeric'
}

/** The JSON value at a place, as SQLite has it: text stays text, an integer an integer, null NULL. */
function cellSql(json: string, path: readonly number[]): string {
	const [first, ...inner] = path
	return inner.length === 0
		? `${json} ->> ${first}`
		: `${json} ->> '$${path.map((at) => `[${at}]`).join('')}'`
}

const asItIs: Pick<Storage, 'select' | 'received'> = { select: (stored) => stored, received: (read) => read }

/** With whole numbers beyond 2^53, which some readers can't take, as text. Text that looks like a number is not stored. */
const exactly: typeof asItIs = {
	select: (stored) =>
		`CASE WHEN typeof(${stored}) = 'integer' AND ${stored} NOT BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER} THEN CAST(${stored} AS TEXT) ELSE ${stored} END`,
	received: (read) => (typeof read === 'string' && looksNumeric(read) ? storedNumber(read) : read),
}

/** Whole numbers, as far as JavaScript tells them apart. */
export const integers: Storage = {
	...asItIs,
	cell: (driver) => {
		if (typeof driver === 'boolean') return driver ? '1' : '0'
		if (typeof driver === 'bigint' || (typeof driver === 'number' && Number.isInteger(driver))) {
			return wholeNumberCell(driver)
		}
		return undefined
	},
	sql: cellSql,
	differs: (stored, value) => `${stored} IS NOT ${value}`,
	matches: (stored, value) => `${stored} IS ${value}`,
	// JSON.parse would round those beyond 2^53.
	toScalar: (stored) => `CAST(${stored} AS TEXT)`,
	scalarOf,
	fromScalar: (scalar) => scalar,
	ofScalar: (scalar) => (typeof scalar === 'string' ? storedNumber(scalar) : scalar),
	holdsBytes: false,
}

/** All of 64 bits. */
export const bigIntegers: Storage = { ...integers, ...exactly }

export const texts: Storage = {
	...asItIs,
	// A client of the mode "string" tells it from no number.
	received: (read) => (typeof read === 'number' || typeof read === 'bigint' ? String(read) : read),
	cell: (driver) => (typeof driver === 'string' ? textCell(driver) : undefined),
	sql: cellSql,
	// The column's collation may take for equal what is stored otherwise.
	differs: (stored, value) => `${stored} IS NOT (${value}) COLLATE BINARY`,
	matches: integers.matches,
	toScalar: (stored) => stored,
	scalarOf,
	fromScalar: (scalar) => scalar,
	ofScalar: (scalar) => scalar,
	holdsBytes: false,
}

/** Numbers of any kind; in a column of these also text that looks like none. */
export const numbers: Storage = {
	...exactly,
	cell: (driver) => {
		if (typeof driver === 'boolean' || typeof driver === 'bigint') return integers.cell(driver)
		if (typeof driver === 'number') return Number.isFinite(driver) ? numberCell(driver) : undefined
		if (typeof driver !== 'string') return undefined
		if (!looksNumeric(driver)) return textCell(driver)
		const kept = numberOf(driver)?.decimal ?? 'infinite'
		return new Wrong(`is text that the column, of numbers, would make a number of: ${kept}`)
	},
	sql: (json, path) => withFraction((...inner) => cellSql(json, [...path, ...inner])),
	differs: texts.differs,
	matches: integers.matches,
	toScalar: (stored) =>
		`CASE typeof(${stored}) WHEN 'real' THEN printf('%!.17g', ${stored}) ELSE CAST(${stored} AS TEXT) END`,
	scalarOf,
	fromScalar: (scalar) => scalar,
	ofScalar: (scalar) => (typeof scalar === 'string' && looksNumeric(scalar) ? storedNumber(scalar) : scalar),
	holdsBytes: false,
}

/** The same where text that looks like a number means one. */
export const decimals: Storage = {
	...numbers,
	cell: (driver) =>
		typeof driver === 'string' && looksNumeric(driver) ? decimalCell(driver) : numbers.cell(driver),
}

/** Bytes travel as hexadecimal digits. */
export const binaries: Storage = {
	...asItIs,
	cell: (driver) => (driver instanceof Uint8Array ? `"${hexOf(driver)}"` : undefined),
	sql: (json, path) => `unhex(${cellSql(json, path)})`,
	differs: integers.differs,
	matches: integers.matches,
	toScalar: (stored) => `hex(${stored})`,
	scalarOf,
	fromScalar: (scalar) => `unhex(${scalar})`,
	ofScalar: (scalar) => (typeof scalar === 'string' ? bytesOf(scalar) : scalar),
	holdsBytes: true,
}

/** Whatever there is, in a column that keeps everything as it is. Bytes stand in an array of their own, beside an empty one. */
export const anything: Storage = {
	...asItIs,
	cell: (driver) => {
		if (typeof driver === 'string') return textCell(driver)
		if (typeof driver === 'number') return Number.isFinite(driver) ? doubleCell(driver) : undefined
		return driver instanceof Uint8Array ? `[["${hexOf(driver)}"]]` : integers.cell(driver)
	},
	sql: (json, path) => `coalesce(unhex(${cellSql(json, [...path, 0, 0])}), ${numbers.sql(json, path)})`,
	differs: texts.differs,
	matches: integers.matches,
	toScalar: (stored) =>
		`CASE typeof(${stored}) WHEN 'blob' THEN 'b' || hex(${stored}) WHEN 'text' THEN 't' || ${stored} ELSE ${numbers.toScalar(stored)} END`,
	scalarOf: (stored) => {
		const kind = stored instanceof ArrayBuffer ? 'b' : typeof stored === 'string' ? 't' : ''
		return kind + scalarOf(stored)
	},
	fromScalar: (scalar) =>
		`CASE substr(${scalar}, 1, 1) WHEN 'b' THEN unhex(substr(${scalar}, 2)) WHEN 't' THEN substr(${scalar}, 2) ELSE CAST(${scalar} AS NUMERIC) END`,
	ofScalar: (scalar) => {
		if (typeof scalar !== 'string') return scalar
		if (scalar.startsWith('b')) return bytesOf(scalar.slice(1))
		return scalar.startsWith('t') ? scalar.slice(1) : storedNumber(scalar)
	},
	holdsBytes: true,
}

function textCell(text: string): string | Wrong {
	// SQLite's length() stops at U+0000, and libSQL refuses text that has no UTF-8 form.
	if (!text.isWellFormed()) return new Wrong('must not contain half of a surrogate pair')
	if (text.includes('\0')) return new Wrong('must not contain U+0000')
	return JSON.stringify(text)
}

function scalarOf(stored: Stored): string {
	if (stored instanceof ArrayBuffer) return hexOf(new Uint8Array(stored)).toUpperCase()
	// 17 digits tell all doubles apart.
	const isFraction = typeof stored === 'number' && !Number.isInteger(stored)
	return isFraction ? stored.toPrecision(17) : String(stored)
}

function storedNumber(text: string): number | bigint {
	const value = Number(text)
	return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(text)
		? BigInt(text)
		: value
}

function hexOf(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex')
}

function bytesOf(hex: string): ArrayBuffer {
	return Uint8Array.from(Buffer.from(hex, 'hex')).buffer
}
