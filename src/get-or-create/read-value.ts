import { hexToBytes } from '@noble/hashes/utils.js'
import type { DriverValue, Rows } from '../database/send'
import type { Codec } from './codec/codec'
import type { ColumnInfo, TableInfo } from './table'

/** Somebody else has stored what the column's type can't be. The message names the column, and no value. */
export class UnreadableError extends Error {
	override readonly name = 'UnreadableError'
	readonly kind = 'unreadable'
	constructor(table: string, { property }: ColumnInfo) {
		super(`${table}.${property} holds a value that its type can't be read from`)
	}
}

/** A stored value as Drizzle reads it. @throws UnreadableError */
export function readValue({ name }: TableInfo, info: ColumnInfo, value: DriverValue): unknown {
	if (value === null) return null
	if (typeof value === 'number' && !Number.isFinite(value)) throw new UnreadableError(name, info)
	let read: unknown
	try {
		read = info.codec.read(value)
	} catch {
		throw new UnreadableError(name, info)
	}
	if (read instanceof Date && Number.isNaN(read.getTime())) throw new UnreadableError(name, info)
	return read
}

/** A row of a statement, as it is stored, and what the statement says of it. */
export interface ReadRow {
	values: DriverValue[]
	before: unknown[]
}

/** The rows that a statement gave: see `rowsJson`. @throws SyntaxError */
export function rowsIn({ selected }: TableInfo, asBytes: boolean, result: Rows | undefined): ReadRow[] {
	const text = result?.[0]?.[0]
	if (text === undefined) return []
	return arrayOf(typeof text === 'string' ? JSON.parse(text) : text).map((row) => {
		const before = arrayOf(row)
		const cells = arrayOf(before.pop())
		const flat = Array.isArray(cells[0]) ? cells.flat() : cells
		const values: DriverValue[] = []
		for (const { codec, index } of selected) values.push(storedOf(codec, flat[index] ?? null, asBytes))
		return { before, values }
	})
}

function arrayOf(json: unknown): unknown[] {
	if (Array.isArray(json)) return json
	throw new SyntaxError('not an array')
}

function storedOf({ ofJson }: Codec, json: unknown, asBytes: boolean): DriverValue {
	if (json === null) return null
	if (typeof json !== 'string' && typeof json !== 'number') throw new SyntaxError('a value of no known type')
	const text = asBytes && typeof json === 'string' ? textOf(json) : json
	return text === undefined ? Number.NaN : ofJson(text)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text that was read as bytes: see Manner. */
function textOf(hex: string): string | undefined {
	try {
		return utf8.decode(hexToBytes(hex))
	} catch {
		return undefined
	}
}
