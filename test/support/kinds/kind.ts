import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

export type Json = null | boolean | number | string | Json[] | { [property: string]: Json }

/** A kind of table, of which any number can be made under other names: what happens to one can be held against a twin. */
export interface Kind {
	name: string
	table: (name: string) => SQLiteTable
	/** What makes the table, where Drizzle's own migration can't express it. */
	create?: (name: string) => string
	/** What the table needs once it is there. */
	triggers?: (name: string) => string
	hidden?: readonly string[]
	/** The values that rows have, by column: few, so that rows meet. */
	values: Readonly<Record<string, readonly Json[]>>
	/** Columns that a new row needs. */
	needs: readonly string[]
	/** What rows are asked by, beside the default. */
	by: readonly (readonly string[])[]
	/** Columns of which the service or the database makes a value up where a row has none, and what that names. */
	madeUp?: Readonly<Record<string, string>>
	/** Columns whose values tell one caller's rows from another's; those of the other columns may be shared. */
	apart: readonly string[]
	/** What identifies a row that is deleted, where a key that was made up once is never made up again. */
	deletedBy?: string
}
