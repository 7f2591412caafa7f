import { is, SQL } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { encode, faultAt } from './encode'
import { type Fault, InvalidRowError, NotAUniqueKeyError } from './errors'
import { type Shape, type Slot, shapeOf, type Verb } from './shape'
import { type ColumnInfo, isGenerated, listed, type TableInfo, type UniqueKey } from './table'

/** One row that somebody asks for, checked and encoded: plain data that may cross from one request to another. */
export interface RowRequest {
	shape: Shape
	/** The values that the caller gave, as JSON: equal text asks for the same thing. */
	given: string
	/** The whole row as a JSON array in the order of the shape's slots. */
	json: string
	/** The unique values it names. Requests that share none of them don't depend on each other. */
	uniqueValues: string[]
}

export interface Ask {
	verb: Verb
	row: Readonly<Record<string, unknown>>
	/** Defaults to every given column (get or create), or to the unique keys that the row covers (update or create). */
	by?: readonly ColumnInfo[] | undefined
	/** Defaults to every given column outside `by`. */
	update?: readonly ColumnInfo[] | undefined
	/** What reading the row has found wrong already, to be told together with the rest. */
	faults?: readonly Fault[]
}

const dialect = new SQLiteSyncDialect()

/**
 * Checks and encodes one row of Drizzle values.
 * @throws NotAUniqueKeyError where `by` can't decide a race; InvalidRowError naming every fault at once.
 */
export function rowRequest(
	table: TableInfo,
	{ verb, row, by, update, faults: formFaults = [] }: Ask,
): RowRequest {
	if (by) requireUniqueKey(table, by)
	const given = table.columns.filter(({ property }) => row[property] !== undefined)
	const asked = by ?? defaultBy(table, verb, given)
	const absent = (columns: readonly ColumnInfo[]) => columns.filter((column) => !given.includes(column))
	const unfilled = absent(table.columns).filter(({ required }) => required)
	const faults = [...formFaults]
	for (const column of new Set([
		...absent(asked),
		...absent(update ?? []),
		...(verb === 'get-or-create' ? unfilled : []),
	])) {
		const fault = faultAt(column, 'is missing')
		if (!faults.some(({ pointer }) => pointer === '' || pointer === fault.pointer)) faults.push(fault)
	}
	for (const column of asked) {
		if (row[column.property] === null)
			faults.push(
				faultAt(
					column,
					'is null: no row can be asked for by null, so leave it out or name other columns in by',
				),
			)
	}
	const values = given.map((column) => encode(column, row[column.property], faults))
	if (faults.length > 0) throw new InvalidRowError(faults)
	requireUniqueKey(table, asked)

	const extras = table.columns.flatMap((column) => extraSlots(column, row, verb, faults))
	if (faults.length > 0) throw new InvalidRowError(faults)
	const shape = shapeOf({
		table,
		verb,
		by: asked,
		slots: [...given.map((column): Slot => ({ column, use: 'given' })), ...extras.map(({ slot }) => slot)],
		set: verb === 'update-or-create' ? settable(given, asked, update) : [],
		insertable: verb !== 'get' && unfilled.length === 0,
	})
	const json = [...values, ...extras.flatMap(({ value }) => value ?? [])]
	return {
		shape,
		given: values.join(),
		json: `[${json.join()}]`,
		uniqueValues: uniqueValues(table, given, values),
	}
}

function defaultBy(table: TableInfo, verb: Verb, given: ColumnInfo[]): ColumnInfo[] {
	if (verb !== 'update-or-create') return given
	const covered = table.keys.filter((key) => !key.nullable && covers(given, key))
	if (table.primaryKey && covered[0] === table.primaryKey) return table.primaryKey.columns
	return [...new Set(covered.flatMap((key) => key.columns))]
}

/** The proof that the database can decide a race for these columns: they contain a key that no two rows share. */
export function requireUniqueKey(table: TableInfo, by: readonly ColumnInfo[]): void {
	if (table.keys.some((key) => !key.nullable && covers(by, key))) return
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

function settable(
	given: ColumnInfo[],
	by: readonly ColumnInfo[],
	update: readonly ColumnInfo[] | undefined,
): ColumnInfo[] {
	return given.filter((column) => !by.includes(column) && (update === undefined || update.includes(column)))
}

/** What Drizzle itself would fill in: `$defaultFn` on an insert, `$onUpdate` on an update and on an insert without default. */
function extraSlots(
	column: ColumnInfo,
	row: Readonly<Record<string, unknown>>,
	verb: Verb,
	faults: Fault[],
): { slot: Slot; value?: string }[] {
	const { default: constant, defaultFn, onUpdateFn } = column.column
	if (verb === 'get' || row[column.property] !== undefined) return []
	const slot = (use: Slot['use'], value: unknown): { slot: Slot; value?: string } => {
		if (!is(value, SQL)) return { slot: { column, use }, value: encode(column, value, faults) }
		const { sql, params } = dialect.sqlToQuery(value)
		if (params.length > 0) throw new Error(`the default of ${column.property} must not have parameters`)
		return { slot: { column, use, expression: sql } }
	}
	const inserted = defaultFn ?? (constant === undefined ? onUpdateFn : undefined)
	return [
		...(inserted ? [slot('insert', inserted())] : []),
		...(onUpdateFn && verb === 'update-or-create' ? [slot('update', onUpdateFn())] : []),
	]
}

/** Text is folded, so that keys which any of SQLite's collations calls equal are equal here; a false match costs nothing but a plan. */
function uniqueValues(table: TableInfo, given: ColumnInfo[], values: string[]): string[] {
	return table.keys.flatMap((key, index) => {
		const parts = key.columns.map((column) => values[given.indexOf(column)])
		if (parts.some((part) => part === undefined || part === 'null')) return []
		return `${table.name} ${index} ${parts.join().replaceAll(/\s+"/g, '"').toLowerCase()}`
	})
}

function covers(columns: readonly ColumnInfo[], key: UniqueKey): boolean {
	return key.columns.every((column) => columns.includes(column))
}
