import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { DatabaseError } from '../database/failure'
import { batchOf, isTransaction, type LibsqlDatabase } from '../database/libsql-database'
import { askMany, type Failed, onlyOne } from './ask-many'
import type { Verb } from './shape'
import { casingOf, tableInfo } from './table'
import { runCall } from './transaction'
import type { NumberName, Ways } from './ways'

export { DatabaseError } from '../database/failure'
export type { LibsqlDatabase } from '../database/libsql-database'
export type { Failed } from './ask-many'
export { BatchRefusedError, ConflictError, InvalidRowError, NotAUniqueKeyError } from './errors'

type ColumnName<T extends SQLiteTable> = Extract<keyof T['$inferInsert'], string>

export interface GetOptions<T extends SQLiteTable> {
	/** The columns that identify the row; they must contain a unique key. Defaults to every column given. */
	by?: readonly ColumnName<T>[]
	/** How long to wait for the database, in milliseconds, retries included. Defaults to 6,000. */
	timeout?: number
}

export interface UpdateOptions<T extends SQLiteTable>
	extends GetOptions<T>,
		Ways<ColumnName<T>, NumberName<T['$inferInsert']>> {
	/** Defaults to the primary key where the row has it, else to the columns of every unique key it covers. */
	by?: readonly ColumnName<T>[]
}

/** Of many rows. */
export interface Atomic {
	/** All rows or none: where one of them is refused none is written. Then at most 1,000 go at once. Defaults to false. */
	atomic?: boolean
}

export interface Got<T extends SQLiteTable> {
	row: T['$inferSelect']
	/** True for exactly one caller: the one whose call made the row. */
	created: boolean
}

export interface Updated<T extends SQLiteTable> extends Got<T> {
	/** Whether this call changed a row that was there. False where nothing differed, and then nothing was written. */
	updated: boolean
}

/**
 * Gets the row, or makes it if it isn't there, in one transaction and one round trip: no race, whoever else asks.
 * In a transaction of `db.transaction` it is a part of that one, which a refused row leaves as it was, to go on.
 * @throws ConflictError, InvalidRowError, NotAUniqueKeyError; DatabaseError where the database gave no answer, and of
 * the failure `ended` where the transaction that it was a part of is lost.
 * @example
 * const { row, created } = await getOrCreate(db, users, { email, name }, { by: ['email'] })
 */
export async function getOrCreate<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	row: T['$inferInsert'],
	options: GetOptions<T> = {},
): Promise<Got<T>> {
	return onlyOne<Got<T>>(await getOrCreateMany(db, table, [row], options))
}

/**
 * Gets or makes many rows: their results in the same order, a thousand rows a transaction. Rows are independent, and
 * rows for the same key make one row, whose creator is the first of them.
 * @throws where they are `atomic`, BatchRefusedError, which names the rows that were refused, and DatabaseError.
 */
export async function getOrCreateMany<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	rows: readonly T['$inferInsert'][],
	options: GetOptions<T> & Atomic = {},
): Promise<(Got<T> | Failed)[]> {
	const results = await run(db, table, 'get-or-create', rows, options)
	return results.map((result) => ('error' in result ? result : { row: result.row, created: result.created }))
}

/**
 * Updates the row that is there where a value differs, or makes it, in one transaction and one round trip.
 * @throws as getOrCreate does, and Error for a column that can't be changed in the way that is asked.
 * @example
 * const { row } = await updateOrCreate(db, pages, { slug, views: 1 }, { by: ['slug'], add: ['views'] })
 */
export async function updateOrCreate<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	row: Partial<T['$inferInsert']>,
	options: UpdateOptions<T> = {},
): Promise<Updated<T>> {
	return onlyOne<Updated<T>>(await updateOrCreateMany(db, table, [row], options))
}

/** Updates or makes many rows, as getOrCreateMany does. Rows for the same key apply in order: the last one wins. */
export async function updateOrCreateMany<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	rows: readonly Partial<T['$inferInsert']>[],
	options: UpdateOptions<T> & Atomic = {},
): Promise<(Updated<T> | Failed)[]> {
	return await run(db, table, 'update-or-create', rows, options)
}

const DEFAULT_TIMEOUT_MS = 6000

async function run<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	verb: Verb,
	rows: readonly Record<string, unknown>[],
	{ timeout = DEFAULT_TIMEOUT_MS, ...options }: UpdateOptions<T> & Atomic,
): Promise<(Updated<T> | Failed)[]> {
	const batch = batchOf(db)
	const info = tableInfo(table, casingOf(db))
	const results = await askMany({ info, columns: info.columns }, verb, rows, options, (requests) =>
		runCall(batch, requests, Date.now() + timeout),
	)
	if (isTransaction(db)) for (const result of results) if (endsTransaction(result)) throw result.error
	return results
}

/** Nothing that was told of its rows holds any longer, nor of other statements in it. */
function endsTransaction(result: object): result is { error: DatabaseError } {
	return 'error' in result && result.error instanceof DatabaseError && result.error.failure === 'ended'
}
