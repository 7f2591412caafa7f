import { is, SQL } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { moves } from './order'
import { isGiven, type Shape } from './shape'
import { type ColumnInfo, quoteText, type TableInfo, type UniqueKey } from './table'

// The parts of statements. In all of them `item` is a row of the JSON array that is the parameter, `found` the row of
// the table that it asks for, and `held` one that holds a unique value of it.

/** How rows are asked for. */
export interface Manner {
	/**
	 * In a set, what only one row alone can explain fails the whole of it, to be asked row by row: then a statement
	 * may say of its row whatever the database says.
	 */
	rows: 'set' | 'one'
	/** Text is read as bytes: some of it is not UTF-8, with which the server can't answer. */
	asBytes: boolean
	/** After a try that may have been done: see `changes`. */
	isRepeat: boolean
	/** Later rows of the same call follow in the same transaction, and could hide what becomes of these. */
	isFollowed: boolean
	/** A trigger may change a row as it is made, for all that is known. */
	mayChange: boolean
}

/** The row asked for. The column stands first, so that its affinity and collation rule, and its index serves. */
export function matches(shape: Shape): string {
	return equalsGiven(shape, shape.by, 'found')
}

export function equalsGiven(shape: Shape, columns: readonly ColumnInfo[], alias: 'found' | 'held'): string {
	return columns.map((column) => `${alias}.${column.sql} = ${valueOf(shape, column, 'given')}`).join(' AND ')
}

/** A column of the row that is found: not null, where there is one. */
export function anchorOf({ table, by }: Shape): ColumnInfo {
	const key = table.keys.find(
		({ nullable, columns }) => !nullable && columns.every((column) => by.includes(column)),
	)
	const [anchor] = key?.columns ?? []
	if (!anchor) throw new Error(`"by" holds no key of ${table.name}`)
	return anchor
}

/** The row that is found is not yet as the update would make it. */
export function anyDiffers(shape: Shape): string {
	return `(${shape.set.map((column) => `found.${column.sql} IS NOT ${valueOf(shape, column, 'given')}`).join(' OR ')})`
}

/** ->> gives SQLite the JSON value as it is: text stays text, an integer an integer, null NULL. */
export function valueOf(shape: Shape, column: ColumnInfo, use: 'given' | 'insert' | 'update'): string {
	const value = slotValue(shape, column, use)
	if (value === undefined) throw new Error(`no value for ${column.property}`)
	return value
}

function slotValue(shape: Shape, column: ColumnInfo, use: 'given' | 'insert' | 'update'): string | undefined {
	const encoded = shape.slots.filter(({ expression }) => expression === undefined)
	const slot = shape.slots.find(
		(candidate) => candidate.column === column && (candidate.use === use || candidate.use === 'given'),
	)
	if (!slot) return undefined
	if (slot.expression !== undefined) return `(${slot.expression})`
	return readBytes(column, `item.value ->> ${encoded.indexOf(slot)}`)
}

/** Bytes travel as hex inside JSON. */
export function readBytes({ affinity }: ColumnInfo, text: string): string {
	return affinity === 'blob' ? `unhex(${text})` : text
}

/** What a row of this alias is told by, as a JSON array. */
export function identityJson({ table }: Shape, alias: string): string {
	const values = table.identity.map(({ sql, affinity }) =>
		affinity === 'blob' ? `hex(${alias}.${sql})` : `${alias}.${sql}`,
	)
	return `json_array(${values.join(', ')})`
}

/** The row of the table with such an identity. */
export function isIdentical({ table }: Shape, json: string): string {
	return table.identity
		.map((column, place) => `found.${column.sql} = ${readBytes(column, `${json} ->> ${place}`)}`)
		.join(' AND ')
}

export function names(columns: readonly ColumnInfo[]): string {
	return columns.map((column) => column.sql).join(', ')
}

/**
 * What a column will hold: of a row that is made its value, else its default; of one that is updated the new value, else
 * what it has. Nothing where only the database knows, or where it will be null, which conflicts with nothing.
 */
function nextValue(shape: Shape, column: ColumnInfo, change: 'insert' | 'update'): string | undefined {
	const { generated, default: byDefault } = column.column
	if (generated) return generatedValue(shape, column, change)
	if (change === 'update') {
		const slot =
			shape.set.includes(column) || !isGiven(shape, column) ? slotValue(shape, column, 'update') : undefined
		return slot ?? `found.${column.sql}`
	}
	const given = slotValue(shape, column, 'insert')
	if (given !== undefined || column.isRowId || byDefault === undefined || byDefault === null) return given
	return is(byDefault, SQL) ? `(${sqlText(byDefault)})` : literal(column.column.mapToDriverValue(byDefault))
}

const dialect = new SQLiteSyncDialect()

/** A piece of SQL as it stands in a table's definition: columns by their names alone, values in their places. */
function sqlText(sql: SQL): string {
	return dialect.sqlToQuery(sql.inlineParams(), 'indexes').sql
}

function literal(value: unknown): string | undefined {
	if (typeof value === 'number' || typeof value === 'bigint') return String(value)
	if (typeof value === 'boolean') return value ? '1' : '0'
	return typeof value === 'string' ? quoteText(value) : undefined
}

/** The expression of a generated column over the row as it will be, which stands in for the table. */
function generatedValue(
	shape: Shape,
	{ column }: ColumnInfo,
	change: 'insert' | 'update',
): string | undefined {
	const as = column.generated?.as
	const expression: unknown = typeof as === 'function' ? as() : as
	const text = is(expression, SQL)
		? sqlText(expression)
		: typeof expression === 'string'
			? expression
			: undefined
	if (text === undefined) return undefined
	const row = shape.table.columns.map((other) => {
		const value = other.column.generated ? undefined : nextValue(shape, other, change)
		return `${value ?? 'NULL'} AS ${other.sql}`
	})
	return `(SELECT ${text} FROM (SELECT ${row.join(', ')}) AS ${shape.table.sql})`
}

/** `held` holds what the key will be. Nothing where that can't be told beforehand, or will be null. */
export function holdsNext(
	shape: Shape,
	{ columns }: UniqueKey,
	change: 'insert' | 'update',
): string | undefined {
	const conditions: string[] = []
	for (const column of columns) {
		const value = nextValue(shape, column, change)
		if (value === undefined) return undefined
		conditions.push(`held.${column.sql} = ${value}`)
	}
	return conditions.join(' AND ')
}

/** The row that is found, as it is read. */
export function columnsOf({ table }: Shape, { asBytes }: Pick<Manner, 'asBytes'>): string {
	return table.columns.map((column) => readable(column, asBytes)).join(', ')
}

function readable({ sql, affinity }: ColumnInfo, asBytes: boolean): string {
	const value = `found.${sql}`
	if (!asBytes || affinity === 'blob') return value
	return `CASE typeof(${value}) WHEN 'text' THEN CAST(${value} AS BLOB) ELSE ${value} END`
}

/** An error ("malformed JSON"), and not a constant, which SQLite would evaluate beforehand. */
export const UNEXPLAINED = `json(item.key || 'unexplained')`

/**
 * The rows that hold the unique values which this one would have: for each the key, by its place among the table's keys,
 * whether it stands in the way or only holds what an update leaves as it is, the row's identity, and for each `by`
 * column whether it differs there. Where `isStrict`, a row that nothing stands in the way of is an error: a rule of the
 * table's stopped it, or one that we can't read.
 */
export function stoppedBy(shape: Shape, change: 'insert' | 'update' | 'either', isStrict: boolean): string {
	const changes = change === 'either' ? (['insert', 'update'] as const) : [change]
	const holders = changes.flatMap((each) => holdersOf(shape, each))
	if (holders.length === 0) return isStrict ? UNEXPLAINED : `'[]'`
	const none = isStrict ? `CASE WHEN coalesce(sum(blocks), 0) = 0 THEN ${UNEXPLAINED} ELSE ` : ''
	const all = `json_group_array(json(holder))`
	return `(SELECT ${none}${all}${none && ' END'} FROM (${holders.join(' UNION ')}))`
}

function holdersOf(shape: Shape, change: 'insert' | 'update'): string[] {
	const { table, by } = shape
	return table.keys.flatMap((key, index) => {
		const blocks = change === 'insert' || moves(shape, key)
		const held = blocks ? holdsNext(shape, key, change) : holdsGiven(shape, key)
		if (held === undefined) return []
		const differs = by.map((column) => `held.${column.sql} IS NOT ${valueOf(shape, column, 'given')}`)
		const other = change === 'update' ? ` AND ${isOther(table)}` : ''
		const holder = [index, Number(blocks), identityJson(shape, 'held'), ...differs].join(', ')
		return `SELECT json_array(${holder}) AS holder, ${Number(blocks)} AS blocks FROM ${table.sql} AS held WHERE ${held}${other}`
	})
}

function holdsGiven(shape: Shape, { columns }: UniqueKey): string | undefined {
	return columns.every((column) => isGiven(shape, column)) ? equalsGiven(shape, columns, 'held') : undefined
}

/** How the row that was just made is found, where a trigger has changed what it was asked by; nothing where it can't be. */
export function isMade(shape: Shape): string | undefined {
	const conditions: string[] = []
	for (const column of shape.table.identity) {
		const value = slotValue(shape, column, 'insert') ?? (column.isRowId ? 'last_insert_rowid()' : undefined)
		if (value === undefined) return undefined
		conditions.push(`found.${column.sql} = ${value}`)
	}
	return conditions.join(' AND ')
}

/** `held` is not the row that is found. */
export function isOther({ identity }: TableInfo): string {
	return `(${identity.map(({ sql }) => `held.${sql} IS NOT found.${sql}`).join(' OR ')})`
}
