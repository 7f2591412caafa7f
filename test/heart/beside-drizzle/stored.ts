import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'

/** What is stored of a row: of each column, by its SQL name, the type and the value, bit for bit. */
export type Stored = Record<string, string>

/** A REAL is read as itself, for SQLite writes not every one exactly; whatever else it is, as a literal. */
export function selectStored(table: SQLiteTable): string {
	const values = columnsOf(table).map(({ name }) => {
		const column = quoted(name)
		return `typeof(${column}), CASE typeof(${column}) WHEN 'real' THEN ${column} ELSE quote(${column}) END`
	})
	return `SELECT ${values.join(', ')} FROM ${tableSql(table)}`
}

/** What selectStored has found, in an order of its own. */
export function storedIn(table: SQLiteTable, rows: readonly ArrayLike<unknown>[]): Stored[] {
	const names = columnsOf(table).map(({ name }) => name)
	const stored = rows.map((row) =>
		Object.fromEntries(names.map((name, place) => [name, `${row[2 * place]} ${told(row[2 * place + 1])}`])),
	)
	return stored.toSorted(byText)
}

/** Copies all that can be written, as it is. */
export function copyStored(from: SQLiteTable, to: SQLiteTable): string {
	const writable = columnsOf(from).filter(({ generated }) => !generated)
	const names = writable.map(({ name }) => quoted(name)).join(', ')
	return `INSERT INTO ${tableSql(to)} (${names}) SELECT ${names} FROM ${tableSql(from)}`
}

export function tableSql(table: SQLiteTable): string {
	return quoted(getTableName(table))
}

export function byText(a: unknown, b: unknown): number {
	return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}

/** The 64 bits of a double, as hex. */
function bitsOf(value: number): string {
	const view = new DataView(new ArrayBuffer(8))
	view.setFloat64(0, value)
	return view.getBigUint64(0).toString(16).padStart(16, '0')
}

function told(value: unknown): string {
	return typeof value === 'number' ? `${value} ${bitsOf(value)}` : String(value)
}

function columnsOf(table: SQLiteTable): SQLiteColumn[] {
	return Object.values(getTableColumns(table))
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`
}
