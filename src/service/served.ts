import type { NumberName, Ways } from '../get-or-create/ways'
import type { Resource } from './resource'

// The types of tables that are served, for those who ask by table name: RPC and the client. `R` is the type of the
// resources, as in `typeof resources`.

export type Resources = readonly Resource[]

/** The SQL names of the tables. */
export type TableName<R extends Resources> = R[number]['name']
type ResourceOf<R extends Resources, N extends TableName<R>> = Extract<R[number], { name: N }>
type HiddenOf<S> = S extends Resource<infer _T, infer H, infer _N> ? H : never

/** A row to ask for: the table's `$inferInsert`, without hidden columns. */
export type RowInput<R extends Resources, N extends TableName<R>> = Omit<
	ResourceOf<R, N>['table']['$inferInsert'],
	HiddenOf<ResourceOf<R, N>>
>
/** A row as it is: the table's `$inferSelect`, without hidden columns. */
export type Row<R extends Resources, N extends TableName<R>> = Omit<
	ResourceOf<R, N>['table']['$inferSelect'],
	HiddenOf<ResourceOf<R, N>>
>
/**
 * A row to ask for, of which columns may hold rows of the tables that they refer to. Which those are is not in the types
 * of Drizzle: here a column of numbers or text takes a row of any table, and the service tells.
 */
export type GivenRow<R extends Resources, N extends TableName<R>> = {
	[P in keyof RowInput<R, N>]: RowInput<R, N>[P] | HeldRow<R, RowInput<R, N>[P]>
}
type HeldRow<R extends Resources, Value> =
	NonNullable<Value> extends string | number | bigint ? AnyRow<R>[TableName<R>] : never
type AnyRow<R extends Resources> = { [N in TableName<R>]: Partial<GivenRow<R, N>> }
/** What became of a row that another was given to hold. */
export interface Held<R extends Resources> {
	row: { [N in TableName<R>]: Row<R, N> }[TableName<R>]
	created: boolean
	references?: { [column: string]: Held<R> }
}
export type ColumnNames<R extends Resources, N extends TableName<R>> = readonly Extract<
	keyof RowInput<R, N>,
	string
>[]

export interface GetOptions<R extends Resources, N extends TableName<R>> {
	/** The columns that identify the row; they must contain a unique key. Defaults to every column given. */
	by?: ColumnNames<R, N>
	/** The same of the row that a column holds: `'by.authorId': ['email']`. Defaults to the unique keys that it covers. */
	[by: `by.${string}`]: readonly string[] | undefined
	/**
	 * 1 to 255 printable ASCII characters, kept for 24 hours: the same call under the same key gives the same `created` and
	 * `updated`, whatever became of the first.
	 */
	idempotencyKey?: string
}
/** How an update changes the columns of a row, by their names. */
export type WaysOf<R extends Resources, N extends TableName<R>> = Ways<
	ColumnNames<R, N>[number],
	NumberName<RowInput<R, N>>
>
export interface UpdateOptions<R extends Resources, N extends TableName<R>>
	extends GetOptions<R, N>,
		WaysOf<R, N> {
	/** Defaults to the primary key where the row has it, else to the columns of every unique key it covers. */
	by?: ColumnNames<R, N>
}
/** Of many rows. */
export interface Atomic {
	/** All rows or none, of at most 1,000: where one of them is refused none is written. */
	atomic?: boolean
}
export interface Got<R extends Resources, N extends TableName<R>> {
	row: Row<R, N>
	/** True for exactly one caller: the one whose call made the row. */
	created: boolean
	/** It was done before, under the same Idempotency-Key. */
	replayed: boolean
	/** What became of the rows that it was given to hold, by their columns; unset where there was none. */
	references?: { [column: string]: Held<R> }
}
export interface Updated<R extends Resources, N extends TableName<R>> extends Got<R, N> {
	/** Whether the call changed a row that was there. */
	updated: boolean
}

/** What stands in a row's place: plain data, with the fields of the error of that name (`conflicts`, `faults`, `keys`). */
export interface Failed {
	error: { name: string; message: string; [field: string]: unknown }
}

/**
 * The service for other Workers, over a service binding: no HTTP, no token, the same promises. Values are Drizzle's
 * (a `Date` is a `Date`). The single forms throw what the many forms give as `error`; where rows are `atomic` these throw
 * a BatchRefusedError, whose `refused` has the place and the `error` of each row that was refused. `R` is the type of the service's
 * resources.
 * @example
 * // wrangler.toml of the other Worker: services = [{ binding = "ROWS", service = "rows", entrypoint = "Rows" }]
 * const rows = rpc<typeof resources>(env.ROWS)
 * const { row, created } = await rows.getOrCreate('users', { email, name }, { by: ['email'] })
 */
export interface Rpc<R extends Resources> {
	getOrCreate<N extends TableName<R>>(
		table: N,
		row: GivenRow<R, N>,
		options?: GetOptions<R, N>,
	): Promise<Got<R, N>>
	getOrCreateMany<N extends TableName<R>>(
		table: N,
		rows: readonly GivenRow<R, N>[],
		options?: GetOptions<R, N> & Atomic,
	): Promise<(Got<R, N> | Failed)[]>
	updateOrCreate<N extends TableName<R>>(
		table: N,
		row: Partial<GivenRow<R, N>>,
		options?: UpdateOptions<R, N>,
	): Promise<Updated<R, N>>
	updateOrCreateMany<N extends TableName<R>>(
		table: N,
		rows: readonly Partial<GivenRow<R, N>>[],
		options?: UpdateOptions<R, N> & Atomic,
	): Promise<(Updated<R, N> | Failed)[]>
}
