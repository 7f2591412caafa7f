import { NotAUniqueKeyError } from './errors'
import { type ColumnInfo, isGenerated, listed, type TableInfo, type UniqueKey } from './table'

/** The proof that the database can decide a race for these columns: they contain a key that no two rows share. */
export function decides(table: TableInfo, by: readonly ColumnInfo[]): boolean {
	return table.keys.some((key) => !key.nullable && covers(by, key))
}

/** @throws NotAUniqueKeyError, which names the keys that would do. */
export function requireUniqueKey(table: TableInfo, by: readonly ColumnInfo[]): void {
	if (decides(table, by)) return
	const usable = table.keys.filter((key) => !key.nullable)
	const keys = usable.map((key) => key.columns.map(({ property }) => property))
	throw new NotAUniqueKeyError(table.name, keys, table.hasOpaqueIndexes)
}

/**
 * Refuses a table on which get-or-create can't be safe, before the first request.
 * @throws Error that says what to add to the schema.
 */
export function requireDecidable(table: TableInfo): void {
	const natural = table.keys.filter((key) => !isGenerated(key))
	if (natural.some((key) => !key.nullable)) return
	const nullable = natural.flatMap((key) => key.columns.filter(({ column }) => !column.notNull))
	throw new Error(
		nullable.length > 0
			? `table "${table.name}" can't decide a race: SQLite never lets NULL conflict with NULL, and the unique ${listed(nullable)} may be NULL. Add .notNull() to ${listed(nullable)} in src/schema.ts.`
			: `table "${table.name}" can't decide a race: it has no unique key besides its generated primary key. Add .unique() to a column, or a uniqueIndex(…).on(…), in src/schema.ts.`,
	)
}

export function covers(columns: readonly ColumnInfo[], key: UniqueKey): boolean {
	return key.columns.every((column) => columns.includes(column))
}
