import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/** A row that stands in another, in the place of its key: see `reference`. */
export class RowReference<T extends SQLiteTable = SQLiteTable, R extends object = object> {
	constructor(
		readonly table: T,
		readonly row: R,
		readonly by: readonly string[] | undefined,
	) {}
}

/** A row to ask for, of which columns may hold rows of other tables. */
export type RowInput<T extends SQLiteTable> = {
	[Name in keyof T['$inferInsert']]: T['$inferInsert'][Name] | RowReference
}

/** Those of its properties that are columns of the table. */
export type Known<R, T extends SQLiteTable> = {
	[Name in keyof R]: Name extends keyof T['$inferInsert'] ? R[Name] : never
}

/**
 * A row that another refers to, as the value of the column that does: it is got or created first, in the same transaction,
 * and its key is used. All or nothing: where one of them is refused neither is written. It is never updated.
 * @example
 * const author = reference(authors, { email, name }, { by: ['email'] })
 * const { row, references } = await getOrCreate(db, books, { title, authorId: author }, { by: ['title', 'authorId'] })
 */
export function reference<T extends SQLiteTable, R extends RowInput<T>>(
	table: T,
	row: R & Known<R, T>,
	options: {
		/** The columns that identify it. Defaults to those of every unique key that it covers; the others are for creation only. */
		by?: readonly Extract<keyof T['$inferInsert'], string>[]
	} = {},
): RowReference<T, R> {
	return new RowReference<T, R>(table, row, options.by)
}
