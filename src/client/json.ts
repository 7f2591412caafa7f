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
/**
 * The same, where columns may hold rows of the tables that they refer to. Which those are no type tells: a column of numbers
 * or text takes a row of any table, and the service refuses the others.
 */
export type JsonRows<R extends Resources, N extends TableName<R>> = {
	[P in keyof RowInput<R, N>]: JsonInput<R, N>[P] | JsonHeld<R, RowInput<R, N>[P]>
}
type JsonHeld<R extends Resources, Value> =
	NonNullable<Value> extends string | number | bigint
		? { [N in TableName<R>]: Partial<JsonRows<R, N>> }[TableName<R>]
		: never
/** What became of a row that another was given to hold. */
export interface JsonReference<R extends Resources> {
	row: { [N in TableName<R>]: JsonRow<R, N> }[TableName<R>]
	created: boolean
	references?: { [column: string]: JsonReference<R> }
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
	return isHeld(value) ? Object.fromEntries(plainEntries(value)) : value
}

/** A row in the place of its key, or a value of a JSON column. */
function isHeld(value: unknown): value is object {
	return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function base64(bytes: Uint8Array): string {
	let text = ''
	for (const byte of bytes) text += String.fromCharCode(byte)
	return btoa(text)
}
