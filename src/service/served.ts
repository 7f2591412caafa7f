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
export type ColumnNames<R extends Resources, N extends TableName<R>> = readonly Extract<
	keyof RowInput<R, N>,
	string
>[]

export interface GetOptions<R extends Resources, N extends TableName<R>> {
	/** The columns that identify the row; they must contain a unique key. Defaults to every column given. */
	by?: ColumnNames<R, N>
	/**
	 * 1 to 255 printable ASCII characters, kept for 24 hours: the same call under the same key gives the same `created` and
	 * `updated`, whatever became of the first.
	 */
	idempotencyKey?: string
}
export interface UpdateOptions<R extends Resources, N extends TableName<R>> extends GetOptions<R, N> {
	/** Defaults to the primary key where the row has it, else to the columns of every unique key it covers. */
	by?: ColumnNames<R, N>
	/** The columns to set on a row that is there. Defaults to every column given outside `by`. */
	update?: ColumnNames<R, N>
}
export interface Got<R extends Resources, N extends TableName<R>> {
	row: Row<R, N>
	/** True for exactly one caller: the one whose call made the row. */
	created: boolean
	/** It was done before, under the same Idempotency-Key. */
	replayed: boolean
}
export interface Updated<R extends Resources, N extends TableName<R>> extends Got<R, N> {
	/** Whether the call changed a row that was there. */
	updated: boolean
}
