import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
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

/** A number as a number where every reader of JSON takes it for the same, else as text. */
function numberJson(stored: string): string {
	const isSafe = `${stored} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`
	return [
		`CASE typeof(${stored}) WHEN 'integer' THEN CASE WHEN ${isSafe} THEN ${stored} ELSE CAST(${stored} AS TEXT) END`,
		// 17 digits tell all doubles apart. SQLite's word for infinite could be a text.
		`WHEN 'real' THEN iif(${stored} - ${stored} = 0, printf('%!.17g', ${stored}), '9e999') ELSE CAST(${stored} AS TEXT) END`,
	].join(' ')
}

/** Text that looks like a number is in no column of numbers. */
function ofNumberJson(json: string | number): Stored {
	return typeof json === 'string' && looksNumeric(json) ? storedNumber(json) : json
}

/** SQLite reads decimals inexactly, so that only their digits tell; and the index serves what is near. */
function isNumberJson(stored: string, json: string): string {
	return `(${isNear(stored, json)}) AND ${numberJson(stored)} = ${json}`
}

function isNear(stored: string, json: string): string {
	const near = `CAST(${json} AS REAL)`
	const distance = `(abs(${near}) * 1e-14 + 1e-307)`
	return `${stored} = ${json} OR ${stored} BETWEEN ${near} - ${distance} AND ${near} + ${distance}`
}

/** Whole numbers. */
export const integers: Storage = {
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
	json: numberJson,
	ofJson: ofNumberJson,
	isJson: (stored, json) => `${stored} = ${json}`,
}

export const texts: Storage = {
	cell: (driver) => (typeof driver === 'string' ? textCell(driver) : undefined),
	sql: cellSql,
	// The column's collation may take for equal what is stored otherwise.
	differs: (stored, value) => `${stored} IS NOT (${value}) COLLATE BINARY`,
	matches: integers.matches,
	// Not CAST, which leaves JSON out of a generated column what it is.
	json: (stored) => `${stored} || ''`,
	ofJson: (json) => json,
	isJson: integers.isJson,
}

/** Numbers of any kind; in a column of these also text that looks like none. */
export const numbers: Storage = {
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
	json: numberJson,
	ofJson: ofNumberJson,
	isJson: isNumberJson,
}

/** The same in a column that makes a double of every number. */
export const doubles: Storage = { ...numbers, cell: (driver) => doubleOf(numbers.cell(driver)) }

export function doubleOf(cell: string | Wrong | undefined): string | Wrong | undefined {
	if (typeof cell !== 'string' || !WHOLE.test(cell)) return cell
	const kept = BigInt(Number(cell))
	return kept === BigInt(cell) ? cell : new Wrong(`is a number that the column would keep as ${kept}`)
}

/** The same where text that looks like a number means one. */
export const decimals: Storage = {
	...numbers,
	cell: (driver) =>
		typeof driver === 'string' && looksNumeric(driver) ? decimalCell(driver) : numbers.cell(driver),
}

/** Bytes travel as hexadecimal digits. */
export const binaries: Storage = {
	cell: (driver) => (driver instanceof Uint8Array ? `"${bytesToHex(driver)}"` : undefined),
	sql: (json, path) => `unhex(${cellSql(json, path)})`,
	differs: integers.differs,
	matches: integers.matches,
	json: (stored) => `CASE WHEN ${stored} IS NOT NULL THEN hex(${stored}) END`,
	ofJson: (json) => (typeof json === 'string' ? hexToBytes(json).buffer : json),
	isJson: (stored, json) => `${stored} = unhex(${json})`,
}

function anythingJson(stored: string): string {
	return `CASE typeof(${stored}) WHEN 'blob' THEN 'b' || hex(${stored}) WHEN 'text' THEN 't' || ${stored} ELSE ${numberJson(stored)} END`
}

/** Whatever there is, in a column that keeps everything as it is. Bytes stand in an array of their own, beside an empty one. */
export const anything: Storage = {
	cell: (driver) => {
		if (typeof driver === 'string') return textCell(driver)
		if (typeof driver === 'number') return Number.isFinite(driver) ? doubleCell(driver) : undefined
		return driver instanceof Uint8Array ? `[["${bytesToHex(driver)}"]]` : integers.cell(driver)
	},
	sql: (json, path) => `coalesce(unhex(${cellSql(json, [...path, 0, 0])}), ${numbers.sql(json, path)})`,
	differs: texts.differs,
	matches: integers.matches,
	json: anythingJson,
	ofJson: (json) => {
		if (typeof json !== 'string') return json
		if (json.startsWith('b')) return hexToBytes(json.slice(1)).buffer
		return json.startsWith('t') ? json.slice(1) : storedNumber(json)
	},
	isJson: (stored, json) => {
		const rest = `substr(${json}, 2)`
		const same = `${stored} = CASE substr(${json}, 1, 1) WHEN 'b' THEN unhex(${rest}) WHEN 't' THEN ${rest} END`
		return `(${same} OR ${isNear(stored, json)}) AND ${anythingJson(stored)} = ${json}`
	},
}

/** A cell that is an integer. */
export const WHOLE = /^-?\d+$/

function textCell(text: string): string | Wrong {
	// SQLite's length() stops at U+0000, and libSQL refuses text that has no UTF-8 form.
	if (!text.isWellFormed()) return new Wrong('must not contain half of a surrogate pair')
	if (text.includes('\0')) return new Wrong('must not contain U+0000')
	return JSON.stringify(text)
}

function storedNumber(text: string): number | bigint {
	const value = Number(text)
	return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(text)
		? BigInt(text)
		: value
}
