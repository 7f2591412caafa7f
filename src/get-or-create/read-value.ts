import type { DriverValue } from '../database/send'
import type { ColumnInfo, TableInfo } from './table'

/** Somebody else has stored what the column's type can't be. The message names the column, and no value. */
export class UnreadableError extends Error {
	override readonly name = 'UnreadableError'
	constructor(table: string, { property }: ColumnInfo) {
		super(`${table}.${property} holds a value that its type can't be read from`)
	}
}

/** A stored value as Drizzle reads it. @throws UnreadableError */
export function readValue({ name }: TableInfo, info: ColumnInfo, value: DriverValue): unknown {
	if (value === null) return null
	if (Number.isNaN(value)) throw new UnreadableError(name, info)
	let read: unknown
	try {
		read = info.codec.read(value)
	} catch {
		throw new UnreadableError(name, info)
	}
	if (read instanceof Date && Number.isNaN(read.getTime())) throw new UnreadableError(name, info)
	return read
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text that was read as bytes: see Manner. */
export function decoded({ selected }: TableInfo, values: DriverValue[]): DriverValue[] {
	return values.map((value, place) => {
		const column = selected[place]
		if (!column || !(value instanceof ArrayBuffer) || column.codec.holdsBytes) return value
		try {
			return utf8.decode(value)
		} catch {
			return Number.NaN
		}
	})
}
