import type { ColumnNames, Resources, TableName, WaysOf } from '../service/served'
import type { JsonKey, JsonReference, JsonRow, JsonRows } from './json'
import type { ProblemBody } from './problem-error'

export interface CallOptions {
	/** Calls it off: what was on its way may be done or not. */
	signal?: AbortSignal | undefined
	/** How long it may take, retries included, in milliseconds. */
	timeout?: number | undefined
}
export interface GetOptions<R extends Resources, N extends TableName<R>> extends CallOptions {
	/** The columns that identify the row; they must contain a unique key. Defaults to every column given. */
	by?: ColumnNames<R, N> | undefined
	/** The same of the row that a column holds: `'by.authorId': ['email']`. Defaults to the unique keys that it covers. */
	[by: `by.${string}`]: readonly string[] | undefined
	/**
	 * 1 to 255 printable ASCII characters, kept for 24 hours, in the stead of a key of the client's own: the same call
	 * under the same key gives the same `created` and `updated`, also in another process. `false`: none. Then a call whose
	 * answer is lost is not repeated.
	 */
	idempotencyKey?: string | false | undefined
}
export interface UpdateOptions<R extends Resources, N extends TableName<R>>
	extends GetOptions<R, N>,
		WaysOf<R, N> {
	/** Defaults to the primary key where the row has it, else to the columns of every unique key it covers. */
	by?: ColumnNames<R, N> | undefined
}

/** Of many rows. */
export interface Atomic {
	/**
	 * All rows or none: where one of them is refused none is written, and the call throws a ProblemError of the slug
	 * `batch-refused`, whose `problem.refused` names each. Then they are at most as many as go at once: 1,000, and 1 MiB.
	 */
	atomic?: boolean | undefined
}

/** The row, and whether this call made it: true for exactly one caller. */
export type Created<Row, R extends Resources = Resources> = Referring<R> &
	({ row: Row; created: true } | { row: Row; created: false })
/** The same, and whether the call changed a row that was there. */
export type Updated<Row, R extends Resources = Resources> = Referring<R> &
	({ row: Row; created: true; updated: false } | { row: Row; created: false; updated: boolean })

interface Referring<R extends Resources> {
	/** What became of the rows that it was given to hold, by their columns; unset where there was none. */
	references?: { [column: string]: JsonReference<R> }
}

/** What a call for one row gives. */
export type Single<T> = T & {
	/**
	 * It was done before under the same key, by an attempt of this call whose answer was lost or by another call: what is
	 * told is what was done then, and the row as it is now.
	 */
	replayed: boolean
}
/** What a call for many gives of each: it, or its problem. `if (item.problem)` tells. */
export type Item<T> = (T & { problem?: never }) | Failed
export interface Failed {
	problem: ProblemBody
	row?: never
	created?: never
	updated?: never
	references?: never
}

/** Rows, however they come. */
export type Source<T> = AsyncIterable<T> | Iterable<T>

/** The rows of one table. `R` is the type of the service's resources, `N` the table's name. */
export interface TableClient<R extends Resources, N extends TableName<R>> {
	/** The row with this unique key, or undefined where there is none. */
	get(key: JsonKey<R, N>, options?: CallOptions): Promise<JsonRow<R, N> | undefined>

	getOrCreate(row: JsonRows<R, N>, options?: GetOptions<R, N>): Promise<Single<Created<JsonRow<R, N>, R>>>

	/**
	 * Any number of rows, answered in order. More than go at once (1,000, or 1 MiB) go one request after the other; where
	 * one of them fails the call does, and those before it are done: the same call under the same `idempotencyKey` tells.
	 */
	getOrCreateMany(
		rows: Iterable<JsonRows<R, N>>,
		options?: GetOptions<R, N> & Atomic,
	): Promise<Item<Created<JsonRow<R, N>, R>>[]>

	/**
	 * Rows as they come, answered in order as they are taken: no more are read than the next request may have. Their
	 * `timeout` is that of each request. Under an `idempotencyKey` only full requests are sent, so that the same rows are
	 * the same requests again.
	 */
	getOrCreateStream(
		rows: Source<JsonRows<R, N>>,
		options?: GetOptions<R, N>,
	): AsyncIterableIterator<Item<Created<JsonRow<R, N>, R>>>

	/** Updates the row where it is there and differs, and else makes it. */
	updateOrCreate(
		row: Partial<JsonRows<R, N>>,
		options?: UpdateOptions<R, N>,
	): Promise<Single<Updated<JsonRow<R, N>, R>>>

	/** As `getOrCreateMany`; applied in order. */
	updateOrCreateMany(
		rows: Iterable<Partial<JsonRows<R, N>>>,
		options?: UpdateOptions<R, N> & Atomic,
	): Promise<Item<Updated<JsonRow<R, N>, R>>[]>

	/** As `getOrCreateStream`; applied in order. */
	updateOrCreateStream(
		rows: Source<Partial<JsonRows<R, N>>>,
		options?: UpdateOptions<R, N>,
	): AsyncIterableIterator<Item<Updated<JsonRow<R, N>, R>>>
}
