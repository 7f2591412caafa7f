import type { Client } from '@libsql/client/http'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { batchOf } from '../database/send'
import { rowOrThrow } from './outcome'
import { rowRequest } from './row-request'
import { type ColumnInfo, type DriverValue, type TableInfo, tableInfo } from './table'
import { runTransaction } from './transaction'

export { DatabaseError } from '../database/failure'
export { ConflictError, InvalidRowError, NotAUniqueKeyError } from './errors'

/** A Drizzle database over libSQL: all that is used of it is its client. */
export interface LibsqlDatabase {
	$client: Pick<Client, 'batch'>
}

export interface GetOptions<T extends SQLiteTable> {
	/** The columns that identify the row; they must contain a unique key. Defaults to every column given. */
	by?: readonly Extract<keyof T['$inferInsert'], string>[]
	/** How long to wait for the database, in milliseconds, retries included. Defaults to 5,000. */
	timeout?: number
}

export interface Got<T extends SQLiteTable> {
	row: T['$inferSelect']
	/** True for exactly one caller: the one whose call made the row. */
	created: boolean
}

const DEFAULT_TIMEOUT_MS = 5000

/**
 * Gets the row, or makes it if it isn't there, in one transaction and one round trip: no race, whoever else asks.
 * @throws ConflictError, InvalidRowError, NotAUniqueKeyError; DatabaseError where the database gave no answer.
 * @example
 * const { row, created } = await getOrCreate(db, users, { email, name }, { by: ['email'] })
 */
export async function getOrCreate<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	row: T['$inferInsert'],
	options: GetOptions<T> = {},
): Promise<Got<T>> {
	const info = tableInfo(table)
	const by = options.by?.map((property) => columnOf(info, property))
	const request = rowRequest(info, { verb: 'get-or-create', row, by })
	const deadline = Date.now() + (options.timeout ?? DEFAULT_TIMEOUT_MS)
	const [outcome] = await runTransaction(batchOf(db.$client), [{ request, call: 0 }], deadline)
	const { values, created } = rowOrThrow(outcome)
	return { row: decodeRow(info, values), created }
}

/** The column of this property name. @throws Error where the table has none. */
export function columnOf(info: TableInfo, property: string): ColumnInfo {
	const column = info.byProperty.get(property)
	if (!column) throw new Error(`table "${info.name}" has no column "${property}"`)
	return column
}

/** A row as Drizzle would have read it. */
export function decodeRow(info: TableInfo, values: readonly DriverValue[]): Record<string, unknown> {
	return Object.fromEntries(
		info.columns.map(({ property, column, index }) => {
			const value = values[index] ?? null
			return [property, value === null ? null : column.mapFromDriverValue(value)]
		}),
	)
}
