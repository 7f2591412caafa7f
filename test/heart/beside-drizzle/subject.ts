import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/** Values of a row as Drizzle has them, by property. */
export type Values = Readonly<Record<string, unknown>>

/** A table that is served, and its twin, which plain Drizzle alone writes. */
export interface Subject {
	name: string
	served: SQLiteTable
	plain: SQLiteTable
	/** Every unique key, of which one may be the primary. */
	keys: readonly (readonly string[])[]
	primary: readonly string[]
	ways: readonly Way[]
	/** Columns whose values are made up at random where a row has none: their types alone can be held against each other. */
	random?: readonly string[]
	/** Columns that the database numbers: the rows of an array may be numbered in any order. */
	numbered?: readonly string[]
	/** Of a column of a key that the database computes, the one that it computes it from. */
	computedFrom?: Readonly<Record<string, string>>
	/** The SQL that makes a table, where drizzle-kit can't. */
	create?: (name: string) => string
}

/** How a table's rows are asked for: by one of its keys. */
export interface Way {
	by: readonly string[]
	/** The nth row. No two rows have a value of any key in common. */
	whole(n: number): Values
	/** The same with nothing but what a new row needs. */
	least(n: number): Values
	/** What the nth row is changed to, in columns outside `by`. */
	change(n: number): Values
}

export function pick(values: Values, columns: readonly string[]): Values {
	return Object.fromEntries(columns.map((column) => [column, values[column]]))
}
