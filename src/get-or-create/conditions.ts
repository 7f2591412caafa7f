import { is, SQL } from 'drizzle-orm'
import { expressionOf, parameterSql, withCell, withParameters } from './codec/expression'
import { moves } from './order'
import { isAbsent, placeOf, type Shape, type Slot } from './shape'
import type { ColumnInfo, TableInfo, UniqueKey } from './table'
import { isNewer, WAYS } from './ways'

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
	/** Nothing is written: what refers to it is not done again. */
	isOnlyLooked: boolean
	/** Later rows of the same call follow in the same transaction, and could hide what becomes of these. */
	isFollowed: boolean
	/** They are rows of one call, in its order. */
	isInOrder: boolean
	/** A trigger may change a row as it is made, for all that is known. */
	mayChange: boolean
	/** A foreign key may be judged at COMMIT, for all who share the transaction, for all that is known. */
	mayDefer: boolean
	/** Rows are looked for before they are inserted: to try may do something all the same. */
	looksFirst: boolean
	/** Where rows stand or fall with others, one that is refused fails the statements: see `verdictOf`. */
	bond: 'none' | 'asked' | 'referred'
}

/** The row asked for. The column stands first, so that its affinity and collation rule, and its index serves. */
export function matches(shape: Shape): string {
	const { by, key } = shape
	const others = by.filter((column) => !key.columns.includes(column))
	return [
		equalsGiven(shape, key.columns),
		...others.map((column) => {
			const same = column.codec.matches(`found.${column.sql}`, valueOf(shape, column, 'given'))
			return unless(isAbsent(shape, column), same)
		}),
	].join(' AND ')
}

export function equalsGiven(shape: Shape, columns: readonly ColumnInfo[]): string {
	return columns.map((column) => `found.${column.sql} = ${valueOf(shape, column, 'given')}`).join(' AND ')
}

function unless(absent: string | undefined, condition: string): string {
	return absent === undefined ? condition : `(${absent} OR ${condition})`
}

function given(absent: string | undefined, condition: string): string {
	return absent === undefined ? condition : `(NOT ${absent} AND ${condition})`
}

/** A column of the row that is found: not null, where there is one. */
export function anchorOf({ table, key }: Shape): ColumnInfo {
	const [anchor] = key.columns
	if (!anchor) throw new Error(`a key of ${table.name} has no columns`)
	return anchor
}

/** The update would change the row that is found. */
export function wouldChange(shape: Shape): string {
	const { set, newer } = shape
	const differing = set.map(({ column, how }) =>
		given(
			isAbsent(shape, column),
			WAYS[how].differs(`found.${column.sql}`, valueOf(shape, column, 'given'), column),
		),
	)
	const anyDiffers = `(${differing.join(' OR ')})`
	if (!newer) return anyDiffers
	return `(${isNewer(`found.${newer.sql}`, valueOf(shape, newer, 'given'))} AND ${anyDiffers})`
}

/** The row that holds a value is not the one asked for: for each `by` column whether it differs there. */
function byDiffers(shape: Shape): string[] {
	return shape.by.map((column) => {
		const same = column.codec.matches(`held.${column.sql}`, valueOf(shape, column, 'given'))
		return given(isAbsent(shape, column), `NOT (${same})`)
	})
}

/** What a row gives for a column, or its default or $onUpdate. */
export function valueOf(shape: Shape, column: ColumnInfo, use: Slot['use']): string {
	const value = slotValue(shape, column, use)
	if (value === undefined) throw new Error(`no value for ${column.property}`)
	return value
}

function slotValue(shape: Shape, column: ColumnInfo, use: Slot['use']): string | undefined {
	const own = shape.slots.filter((slot) => slot.column === column)
	const slot = own.find((each) => each.use === use) ?? (use === 'insert' ? own.find(isOfCaller) : undefined)
	if (!slot) return undefined
	const place = placeOf(shape, slot)
	const { expression } = slot
	if (!expression) return column.codec.sql('item.value', [place])
	const parameter = (number: number) => parameterSql('item.value', [place, number])
	if (!expression.isOverRow) {
		return `(${withCell(withParameters(expression.text, parameter), `(item.value -> ${place})`)})`
	}
	return overRow(shape.table, expression.text, parameter, ({ sql }) =>
		use === 'update' ? `found.${sql}` : 'NULL',
	)
}

function isOfCaller({ use }: Slot): boolean {
	return use === 'given'
}

/**
 * SQL that speaks of the table's row, over these values for it. They stand in for the table, so that neither its name nor
 * those of its columns mean anything else of the statement around.
 */
function overRow(
	{ columns, sql }: TableInfo,
	text: string,
	parameter: (number: number) => string,
	valueFor: (column: ColumnInfo) => string,
): string {
	const parameters = new Map<string, string>()
	const own = withParameters(text, (number) => {
		const name = `"parameter ${number}"`
		parameters.set(name, `${parameter(number)} AS ${name}`)
		return name
	})
	const row = [...columns.map((column) => `${valueFor(column)} AS ${column.sql}`), ...parameters.values()]
	return `(SELECT ${own} FROM (SELECT ${row.join(', ')}) AS ${sql})`
}

/** What an update writes into a column. */
export function updatedValue(shape: Shape, column: ColumnInfo): string {
	const stored = `found.${column.sql}`
	const change = shape.set.find((each) => each.column === column)
	if (!change) return valueOf(shape, column, 'update')
	const value = WAYS[change.how].value(stored, valueOf(shape, column, 'given'), column)
	const absent = isAbsent(shape, column)
	return absent === undefined ? value : `CASE WHEN ${absent} THEN ${stored} ELSE ${value} END`
}

/** That the column can hold what an update writes into it, where that has to be asked. */
export function isKept(shape: Shape, column: ColumnInfo): string | undefined {
	const how = shape.set.find((each) => each.column === column)?.how
	return how && WAYS[how].isKept?.(`found.${column.sql}`, valueOf(shape, column, 'given'), column)
}

/** What a row of this alias is told by, as a JSON array. */
export function identityJson({ table }: Shape, alias: string): string {
	return `json_array(${table.identity.map(({ sql, codec }) => codec.json(`${alias}.${sql}`)).join(', ')})`
}

/** The row of the table with such an identity. */
export function isIdentical({ table }: Shape, json: string): string {
	return table.identity
		.map(({ sql, codec }, place) => codec.isJson(`found.${sql}`, `(${json} ->> ${place})`))
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
	if (column.column.generated) return generatedValue(shape, column, change)
	if (change === 'insert') return slotValue(shape, column, 'insert')
	const isWritten =
		shape.set.some((each) => each.column === column) || slotValue(shape, column, 'update') !== undefined
	return isWritten ? updatedValue(shape, column) : `found.${column.sql}`
}

/** The expression of a generated column over the row as it will be. */
function generatedValue(
	shape: Shape,
	{ column }: ColumnInfo,
	change: 'insert' | 'update',
): string | undefined {
	const as = column.generated?.as
	const expression: unknown = typeof as === 'function' ? as() : as
	const { table } = shape
	const text = is(expression, SQL) ? expressionOf(expression, table.casing, true).text : expression
	if (typeof text !== 'string') return undefined
	const valueFor = (other: ColumnInfo) =>
		(other.column.generated ? undefined : nextValue(shape, other, change)) ?? 'NULL'
	return overRow(table, text, () => 'NULL', valueFor)
}

/** `held` holds what the key will be. Nothing where that can't be told beforehand, or will be null. */
export function holdsNext(
	shape: Shape,
	{ columns }: UniqueKey,
	change: 'insert' | 'update',
): string | undefined {
	return holds('held', columns, (column) => nextValue(shape, column, change))
}

/** The row of this alias holds a value in each of the columns. Nothing where one of the values is not known. */
function holds(
	alias: 'found' | 'held',
	columns: readonly ColumnInfo[],
	valueFor: (column: ColumnInfo) => string | undefined,
): string | undefined {
	const conditions: string[] = []
	for (const column of columns) {
		const value = valueFor(column)
		if (value === undefined) return undefined
		conditions.push(`${alias}.${column.sql} = ${value}`)
	}
	return conditions.join(' AND ')
}

/** What tells a row that a statement has written from others. */
export function identityOf({ identity }: TableInfo): string {
	return identity.map((column) => `${returned(column)} AS ${TOLD}`).join(', ')
}

/** As JSON has it; but an integer comes as a double, since the protocol writes integers as text, which is slow to read. */
function returned({ sql, codec, isRowId }: ColumnInfo): string {
	if (!isRowId) return codec.json(sql)
	return `iif(${sql} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}, CAST(${sql} AS REAL), CAST(${sql} AS TEXT))`
}

/**
 * The rows that are found, each with what goes before it, as one JSON text: much less to read than the protocol's cells.
 * See `rowsIn`.
 */
export function rowsJson(
	{ table }: Shape,
	{ asBytes }: Pick<Manner, 'asBytes'>,
	...before: readonly string[]
): string {
	const row = arrayJson(table.selected.map((column) => cellJson(column, asBytes)))
	return `json_group_array(json_array(${[...before, row].join(', ')})) AS ${TOLD}`
}

/** A column of an answer without a name is called by all of its SQL, which the database sends along each time. */
export const TOLD = 'told'

/** A function takes at most 127 arguments, unless SQLite was built otherwise: https://www.sqlite.org/limits.html */
const MAX_ARGUMENTS = 100

/** An array of these, or of arrays of them. */
function arrayJson(values: readonly string[]): string {
	if (values.length <= MAX_ARGUMENTS) return `json_array(${values.join(', ')})`
	const parts = Array.from({ length: Math.ceil(values.length / MAX_ARGUMENTS) }, (_, part) =>
		values.slice(part * MAX_ARGUMENTS, (part + 1) * MAX_ARGUMENTS),
	)
	return arrayJson(parts.map((part) => arrayJson(part)))
}

function cellJson({ sql, codec }: ColumnInfo, asBytes: boolean): string {
	const json = codec.json(`found.${sql}`)
	return asBytes ? `CASE typeof(${json}) WHEN 'text' THEN hex(${json}) ELSE ${json} END` : json
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
	const { table } = shape
	const differs = byDiffers(shape)
	return table.keys.flatMap((key, index) => {
		const blocks = change === 'insert' || moves(shape, key)
		const held = blocks
			? holdsNext(shape, key, change)
			: holds('held', key.columns, (column) => slotValue(shape, column, 'given'))
		if (held === undefined) return []
		const other = change === 'update' ? ` AND ${isOther(table)}` : ''
		const holder = [index, Number(blocks), identityJson(shape, 'held'), ...differs].join(', ')
		return `SELECT json_array(${holder}) AS holder, ${Number(blocks)} AS blocks FROM ${table.sql} AS held WHERE ${held}${other}`
	})
}

/** How the row that was just made is found, where a trigger has changed what it was asked by; nothing where it can't be. */
export function isMade(shape: Shape): string | undefined {
	return holds(
		'found',
		shape.table.identity,
		(column) => slotValue(shape, column, 'insert') ?? (column.isRowId ? 'last_insert_rowid()' : undefined),
	)
}

/** How the row that was just updated is found, where it is no longer what it was asked by; nothing where it can't be. */
export function isMoved(shape: Shape): string | undefined {
	return [shape.key, ...shape.table.keys]
		.map(({ columns }) => holds('found', columns, (column) => updatedTo(shape, column)))
		.find((condition) => condition !== undefined)
}

/** What a column holds after an update, where that is told by the request alone. */
function updatedTo(shape: Shape, column: ColumnInfo): string | undefined {
	if (column.column.generated) return undefined
	const slot = shape.slots.find((each) => each.use === 'update' && each.column === column)
	if (slot) return slot.expression ? undefined : valueOf(shape, column, 'update')
	const change = shape.set.find((each) => each.column === column)
	const isGivenValue = change ? change.how === 'update' : shape.by.includes(column)
	return isGivenValue ? valueOf(shape, column, 'given') : undefined
}

/** `held` is not the row that is found. */
export function isOther({ identity }: TableInfo): string {
	return `(${identity.map(({ sql }) => `held.${sql} IS NOT found.${sql}`).join(' OR ')})`
}
