import type { Resources, Row, RowInput, TableName } from '../service/served'

/** A Drizzle value as it is in JSON: dates, bytes and big integers are text. */
export type Json<T> = T extends Date | Uint8Array | bigint ? string : T

/** A Drizzle value, or what JSON has for it. Bytes may be any Uint8Array. */
export type Given<T> = T | Json<T> | (T extends Uint8Array ? Uint8Array : never)

/** A row as the service answers it. */
export type JsonRow<R extends Resources, N extends TableName<R>> = {
	[P in keyof Row<R, N>]: Json<Row<R, N>[P]>
}
/** A row to ask for. */
export type JsonInput<R extends Resources, N extends TableName<R>> = {
	[P in keyof RowInput<R, N>]: Given<RowInput<R, N>[P]>
}
/** Values of a unique key. None of them is null, which identifies no row. */
export type JsonKey<R extends Resources, N extends TableName<R>> = {
	[P in keyof RowInput<R, N>]?: NonNullable<JsonInput<R, N>[P]>
}

/** A row as JSON. @throws TypeError or RangeError for a value that JSON can't hold. */
export function jsonOf(row: object): string {
	return JSON.stringify(Object.fromEntries(plainEntries(row)))
}

/** A unique key as a query. @throws as jsonOf does, and for null. */
export function queryOf(key: object): Record<string, string> {
	const entries = plainEntries(key).flatMap(([property, value]) => {
		if (value === null) throw new TypeError(`"${property}" is null, which identifies no row`)
		if (value === undefined) return []
		return [[property, typeof value === 'string' ? value : JSON.stringify(value)]]
	})
	return Object.fromEntries(entries)
}

function plainEntries(row: object): [property: string, value: unknown][] {
	return Object.entries(row).map(([property, value]) => [property, plain(property, value)])
}

function plain(property: string, value: unknown): unknown {
	if (typeof value === 'bigint') return String(value)
	if (value instanceof Uint8Array) return base64(value)
	// Not left to JSON, which makes null of a date that is none, and of a number that is not finite.
	if (value instanceof Date) return value.toISOString()
	if (typeof value === 'number' && !Number.isFinite(value)) {
		throw new TypeError(`"${property}" is ${value}, which JSON does not have`)
	}
	return value
}

function base64(bytes: Uint8Array): string {
	let text = ''
	for (const byte of bytes) text += String.fromCharCode(byte)
	return btoa(text)
}
