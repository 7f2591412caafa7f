import type { Client } from '@libsql/client/http'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { DatabaseError } from '../database/failure'
import { batchOf } from '../database/send'
import type { RowError } from './errors'
import { type Outcome, outcomesOf } from './outcome'
import { entriesOf } from './plan'
import { requireUniqueKey } from './row-request'
import type { Verb } from './shape'
import { type ColumnInfo, type DriverValue, type TableInfo, tableInfo } from './table'
import { runTransaction } from './transaction'

export { DatabaseError } from '../database/failure'
export { ConflictError, InvalidRowError, NotAUniqueKeyError } from './errors'

/** A Drizzle database over libSQL: all that is used of it is its client. */
export interface LibsqlDatabase {
	$client: Pick<Client, 'batch'>
}

type ColumnName<T extends SQLiteTable> = Extract<keyof T['$inferInsert'], string>

export interface GetOptions<T extends SQLiteTable> {
	/** The columns that identify the row; they must contain a unique key. Defaults to every column given. */
	by?: readonly ColumnName<T>[]
	/** How long to wait for the database, in milliseconds, retries included. Defaults to 5,000. */
	timeout?: number
}

export interface UpdateOptions<T extends SQLiteTable> extends GetOptions<T> {
	/** Defaults to the primary key where the row has it, else to the columns of every unique key it covers. */
	by?: readonly ColumnName<T>[]
	/** The columns to set on a row that is there. Defaults to every column given outside `by`. */
	update?: readonly ColumnName<T>[]
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

/** What stands in a row's place in the many forms. */
export interface Failed {
	error: RowError | DatabaseError
}

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
	return onlyOne(await getOrCreateMany(db, table, [row], options))
}

/**
 * Gets or makes many rows: their results in the same order, a thousand rows a transaction. Rows are independent, and
 * rows for the same key make one row, whose creator is the first of them.
 */
export async function getOrCreateMany<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	rows: readonly T['$inferInsert'][],
	options: GetOptions<T> = {},
): Promise<(Got<T> | Failed)[]> {
	const results = await run(db, table, 'get-or-create', rows, options)
	return results.map((result) => ('error' in result ? result : { row: result.row, created: result.created }))
}

/**
 * Updates the row that is there where a value differs, or makes it, in one transaction and one round trip.
 * @throws as getOrCreate does.
 */
export async function updateOrCreate<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	row: Partial<T['$inferInsert']>,
	options: UpdateOptions<T> = {},
): Promise<Updated<T>> {
	return onlyOne(await updateOrCreateMany(db, table, [row], options))
}

/** Updates or makes many rows, as getOrCreateMany does. Rows for the same key apply in order: the last one wins. */
export async function updateOrCreateMany<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	rows: readonly Partial<T['$inferInsert']>[],
	options: UpdateOptions<T> = {},
): Promise<(Updated<T> | Failed)[]> {
	return await run(db, table, 'update-or-create', rows, options)
}

const DEFAULT_TIMEOUT_MS = 5000
const MAX_ROWS = 1000

async function run<T extends SQLiteTable>(
	db: LibsqlDatabase,
	table: T,
	verb: Verb,
	rows: readonly Record<string, unknown>[],
	{ by, update, timeout = DEFAULT_TIMEOUT_MS }: UpdateOptions<T>,
): Promise<(Updated<T> | Failed)[]> {
	const info = tableInfo(table)
	const asked = by?.map((property) => columnOf(info, property))
	if (asked) requireUniqueKey(info, asked)
	const set = update?.map((property) => columnOf(info, property))
	const results: (Updated<T> | Failed)[] = []
	for (let start = 0; start < rows.length; start += MAX_ROWS) {
		const asks = rows.slice(start, start + MAX_ROWS).map((row) => ({ verb, row, by: asked, update: set }))
		const deadline = Date.now() + timeout
		const outcomes = await outcomesOf(info, asks, (requests) =>
			runTransaction(batchOf(db.$client), entriesOf(requests), deadline),
		)
		results.push(...outcomes.map((outcome) => resultOf(info, outcome)))
	}
	return results
}

function resultOf(info: TableInfo, outcome: Outcome) {
	if (outcome.kind === 'error') return { error: outcome.error }
	return { row: decodeRow(info, outcome.values), created: outcome.created, updated: outcome.updated }
}

function onlyOne<R extends object>([result]: readonly (R | Failed)[]): R {
	if (!result) throw new Error('a row without a result')
	if ('error' in result) throw result.error
	return result
}

/** The column of this property name. @throws Error where the table has none. */
function columnOf(info: TableInfo, property: string): ColumnInfo {
	const column = info.byProperty.get(property)
	if (!column) throw new Error(`table "${info.name}" has no column "${property}"`)
	return column
}

/** A row as Drizzle would have read it. */
function decodeRow(info: TableInfo, values: readonly DriverValue[]): Record<string, unknown> {
	return Object.fromEntries(
		info.columns.map(({ property, column, index }) => {
			const value = values[index] ?? null
			return [property, value === null ? null : column.mapFromDriverValue(value)]
		}),
	)
}
