import type { resources } from '../resources'
import type { Resource } from './resource'

// The types of the tables that resources.ts lists, for those who ask by table name: RPC and the client.

type Served = (typeof resources)[number]
/** The SQL names of the tables that are served. */
export type TableName = Served['name']
type ResourceOf<N extends TableName> = Extract<Served, { name: N }>
type HiddenOf<R> = R extends Resource<infer _T, infer H, infer _N> ? H : never

/** A row to ask for: the table's `$inferInsert`, without hidden columns. */
export type RowInput<N extends TableName> = Omit<
	ResourceOf<N>['table']['$inferInsert'],
	HiddenOf<ResourceOf<N>>
>
/** A row as it is: the table's `$inferSelect`, without hidden columns. */
export type Row<N extends TableName> = Omit<ResourceOf<N>['table']['$inferSelect'], HiddenOf<ResourceOf<N>>>
type Columns<N extends TableName> = readonly Extract<keyof RowInput<N>, string>[]

export interface GetOptions<N extends TableName> {
	by?: Columns<N>
	/**
	 * 1 to 255 printable ASCII characters, kept for 24 hours: the same call under the same key gives the same `created` and
	 * `updated`, whatever became of the first.
	 */
	idempotencyKey?: string
}
export interface UpdateOptions<N extends TableName> extends GetOptions<N> {
	update?: Columns<N>
}
export interface Got<N extends TableName> {
	row: Row<N>
	created: boolean
}
export interface Updated<N extends TableName> extends Got<N> {
	updated: boolean
}
