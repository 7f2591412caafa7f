import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { DatabaseError } from '../database/failure'
import { batchOf, isTransaction, type LibsqlDatabase } from '../database/libsql-database'
import { askMany, type Failed, onlyOne, type Result } from './ask-many'
import { type Known, type RowInput, type RowReference } from './row-reference'
import { wholeTable } from './seen-table'
import type { Verb } from './shape'
import { casingOf, tableInfo } from './table'
import { runCall } from './transaction'
import type { NumberName, Ways } from './ways'

export { DatabaseError } from '../database/failure'
export type { LibsqlDatabase } from '../database/libsql-database'
export type { Failed } from './ask-many'
export { BatchRefusedError, ConflictError, InvalidRowError, NotAUniqueKeyError } from './errors'
export { type RowInput, type RowReference, reference } from './row-reference'

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

/** `R` is the type of the row that was given, which tells what it held as references. */
export interface Got<T extends SQLiteTable, R = object> {
	row: T['$inferSelect']
	/** True for exactly one caller: the one whose call made the row. */
	created: boolean
	/** What became of the rows that it held as references, by their columns; unset where it held none. */
	references: References<R>
}

export interface Updated<T extends SQLiteTable, R = object> extends Got<T, R> {
	/** Whether this call changed a row that was there. False where nothing differed, and then nothing was written. */
	updated: boolean
}

type ReferringNames<R> = {
	[Name in keyof R]-?: Extract<R[Name], RowReference> extends never ? never : Name
}[keyof R]

/** Of a column that may hold a reference, and may hold a value, it is told where it was one. */
export type References<R> = [ReferringNames<R>] extends [never]
	? undefined
	: {
			[Name in ReferringNames<R>]: Extract<R[Name], RowReference> extends RowReference<infer T, infer Held>
				? Got<T, Held> | (R[Name] extends RowReference ? never : undefined)
				: never
		}

/**
 * Gets the row, or makes it if it isn't there, in one transaction and one round trip: no race, whoever else asks.
 * In a transaction of `db.transaction` it is a part of that one, which a refused row leaves as it was, to go on.
 * @throws ConflictError, InvalidRowError, NotAUniqueKeyError; DatabaseError where the database gave no answer, and of
 * the failure `ended` where the transaction that it was a part of is lost.
 * @example
 * const { row, created } = await getOrCreate(db, users, { email, name }, { by: ['email'] })
 */
export async function getOrCreate<T extends SQLiteTable, R extends object = T['$inferInsert']>(
	db: LibsqlDatabase,
	table: T,
	row: RowInput<T> & R & Known<R, T>,
	options: GetOptions<T> = {},
): Promise<Got<T, R>> {
	return onlyOne<Got<T, R>>(await getOrCreateMany<T, R>(db, table, [row], options))
}

/**
 * Gets or makes many rows: their results in the same order, a thousand rows a transaction. Rows are independent, and
 * rows for the same key make one row, whose creator is the first of them.
 * @throws where they are `atomic`, BatchRefusedError, which names the rows that were refused, and DatabaseError.
 */
export async function getOrCreateMany<T extends SQLiteTable, R extends object = T['$inferInsert']>(
	db: LibsqlDatabase,
	table: T,
	rows: readonly (RowInput<T> & R & Known<R, T>)[],
	options: GetOptions<T> & Atomic = {},
): Promise<(Got<T, R> | Failed)[]> {
	const results = await run<T, R>(db, table, 'get-or-create', rows, options)
	return results.map((result) => {
		if ('error' in result) return result
		const { updated: _, ...got } = result
		return got
	})
}

/**
 * Updates the row that is there where a value differs, or makes it, in one transaction and one round trip.
 * @throws as getOrCreate does, and Error for a column that can't be changed in the way that is asked.
 * @example
 * const { row } = await updateOrCreate(db, pages, { slug, views: 1 }, { by: ['slug'], add: ['views'] })
 */
export async function updateOrCreate<T extends SQLiteTable, R extends object = Partial<T['$inferInsert']>>(
	db: LibsqlDatabase,
	table: T,
	row: Partial<RowInput<T>> & R & Known<R, T>,
	options: UpdateOptions<T> = {},
): Promise<Updated<T, R>> {
	return onlyOne<Updated<T, R>>(await updateOrCreateMany<T, R>(db, table, [row], options))
}

/** Updates or makes many rows, as getOrCreateMany does. Rows for the same key apply in order: the last one wins. */
export async function updateOrCreateMany<
	T extends SQLiteTable,
	R extends object = Partial<T['$inferInsert']>,
>(
	db: LibsqlDatabase,
	table: T,
	rows: readonly (Partial<RowInput<T>> & R & Known<R, T>)[],
	options: UpdateOptions<T> & Atomic = {},
): Promise<(Updated<T, R> | Failed)[]> {
	return await run<T, R>(db, table, 'update-or-create', rows, options)
}

const DEFAULT_TIMEOUT_MS = 6000

async function run<T extends SQLiteTable, R>(
	db: LibsqlDatabase,
	table: T,
	verb: Verb,
	rows: readonly object[],
	{ timeout = DEFAULT_TIMEOUT_MS, ...options }: UpdateOptions<T> & Atomic,
): Promise<(Updated<T, R> | Failed)[]> {
	const batch = batchOf(db)
	const info = tableInfo(table, casingOf(db))
	const results = await askMany(
		wholeTable(info),
		verb,
		rows.map((row) => ({ ...row })),
		options,
		(requests) => runCall(batch, requests, Date.now() + timeout),
	)
	if (isTransaction(db)) for (const result of results) if (endsTransaction(result)) throw result.error
	const told: readonly (Failed | (Omit<Result, 'references'> & { references?: unknown }))[] = results
	// What was given decides what is told of it, here as in the types.
	// oxlint-disable-next-line typescript/no-unsafe-type-assertion
	return told as (Updated<T, R> | Failed)[]
}

/** Nothing that was told of its rows holds any longer, nor of other statements in it. */
function endsTransaction(result: object): result is { error: DatabaseError } {
	return 'error' in result && result.error instanceof DatabaseError && result.error.failure === 'ended'
}
