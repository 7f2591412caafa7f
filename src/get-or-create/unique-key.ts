import { NotAUniqueKeyError } from './errors'
import { type ColumnInfo, listed, type TableInfo, type UniqueKey } from './table'

/**
 * The proof that the database can decide a race for a row asked by these columns: a key that they contain, with no null
 * in it. Nothing where there is none.
 */
export function decidingKey(
	table: TableInfo,
	by: readonly ColumnInfo[],
	nulls: readonly ColumnInfo[] = [],
): UniqueKey | undefined {
	return table.keys.find((key) => covers(by, key) && !key.columns.some((column) => nulls.includes(column)))
}

/** `called` is what the caller knows these columns by. @throws NotAUniqueKeyError, which names the keys that would do. */
export function requireUniqueKey(table: TableInfo, by: readonly ColumnInfo[], called = '"by"'): void {
	if (decidingKey(table, by)) return
	const keys = writableKeys(table).map((key) => key.columns.map(({ property }) => property))
	throw new NotAUniqueKeyError(table.name, keys, table.hasOpaqueIndexes, called)
}

/** The columns of the unique keys that a row covers: of the primary key alone, where that is one of them. */
export function coveredColumns(
	{ keys, primaryKey }: TableInfo,
	given: readonly ColumnInfo[],
	nulls: readonly ColumnInfo[],
): readonly ColumnInfo[] {
	const covered = keys.filter(
		(key) => covers(given, key) && !key.columns.some((column) => nulls.includes(column)),
	)
	if (primaryKey && covered[0] === primaryKey) return primaryKey.columns
	return [...new Set(covered.flatMap(({ columns }) => columns))]
}

/** The keys by which a row may be asked for that is yet to be made. */
export function writableKeys({ keys }: TableInfo): UniqueKey[] {
	return keys.filter(({ isComputed }) => !isComputed)
}

/**
 * Refuses a table on which get-or-create can't be safe, before the first request.
 * @throws Error that says what there is, why it does not do, and what to add to the schema.
 */
export function requireDecidable(table: TableInfo): void {
	if (writableKeys(table).length > 0) return
	const [computed] = table.keys
	const there = computed
		? `the database computes ${listed(computed.columns)}, so that nobody can give it`
		: table.hasOpaqueIndexes
			? 'a unique index over an expression, over a part of the rows (WHERE), or with a hidden column does not count, for no row can be asked for by it'
			: 'it has no unique key at all'
	throw new Error(
		`table "${table.name}" can't decide a race: ${there}. Add a key to it in the schema: .primaryKey() or .unique() on a column, primaryKey({ columns: [t.${table.columns[0]?.property ?? 'id'}, …] }), or uniqueIndex(…).on(…) without where().`,
	)
}

export function covers(columns: readonly ColumnInfo[], key: Pick<UniqueKey, 'columns'>): boolean {
	return key.columns.every((column) => columns.includes(column))
}
