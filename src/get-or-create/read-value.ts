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
		read = info.column.mapFromDriverValue(value)
	} catch {
		throw new UnreadableError(name, info)
	}
	if (read instanceof Date && Number.isNaN(read.getTime())) throw new UnreadableError(name, info)
	return read
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A row of which text was read as bytes: see Manner. */
export function decoded({ columns }: TableInfo, values: DriverValue[]): DriverValue[] {
	return values.map((value, place) => {
		const column = columns[place]
		if (!column || column.affinity === 'blob' || !(value instanceof ArrayBuffer)) return value
		try {
			return utf8.decode(value)
		} catch {
			return Number.NaN
		}
	})
}
