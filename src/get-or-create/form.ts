import { is, SQL } from 'drizzle-orm'
import { cachePerTable } from './cache'
import { Expression, Wrong } from './codec/codec'
import { expressionOf, parameterSql, withParameters } from './codec/expression'
import { type Fault, faultAt } from './errors'
import type { KeyPart } from './idempotency'
import { quoteText } from './quote'
import { type Shape, type Slot, shapeOf, type Verb, wordsOf } from './shape'
import type { ColumnInfo, TableInfo, UniqueKey } from './table'
import { covers, decidingKey } from './unique-key'

/** What rows with the same columns, asked for in the same way, have in common: worked out once for all of them. */
export interface Form {
	by: readonly ColumnInfo[]
	/** The key in `by` that decides the race, where one does. */
	key: UniqueKey | undefined
	/** In the order of their cells. */
	given: readonly GivenColumn[]
	/** All of the table's columns, and what such a row has in them; of its nulls only those in keys count. */
	columns: readonly { column: ColumnInfo; isGiven: boolean; isNull: boolean }[]
	/** What every such row lacks. */
	missing: Fault[]
	/** What has to be asked for each row. */
	fillers: Filler[]
	/** The slots of both. */
	slots: { given: readonly Slot[]; filled: readonly Slot[] }
	/** The columns with which such a row refers to its own table, where it does. */
	ownReferences: ColumnInfo[][]
	/** Whether rows may lack some of `given`. */
	isSparse: boolean
	/** Rows of such columns as they are asked for, in words that outlive a change of the schema: a part of their fingerprints. */
	nameOf: (isGiven: (column: ColumnInfo) => boolean) => string
	/** The shape with these slots in the place of the given ones and of those that are asked for. */
	shapeWith: (given: readonly Slot[], filled: readonly Slot[]) => Shape
	/** The shape where all of them are values, not SQL. */
	shape: Shape | undefined
}

export interface GivenColumn {
	column: ColumnInfo
	slot: Slot
	/** What an insert makes of a row that lacks it. */
	absent: string
}

interface Filler {
	column: ColumnInfo
	use: Slot['use']
	make: () => unknown
	/** What it gives may speak of the row as it was. */
	isOverRow: boolean
}

/** How a row is asked for. */
export interface Terms {
	verb: Verb
	by?: readonly ColumnInfo[] | undefined
	update?: readonly ColumnInfo[] | undefined
	/** The row's part in an Idempotency-Key, where the request has one. */
	key?: KeyPart | undefined
}

type Row = Readonly<Record<string, unknown>>

/** A column's value in a row; not what rows have from their prototypes. */
export function valueIn(row: Row, { property }: Pick<ColumnInfo, 'property'>): unknown {
	return Object.hasOwn(row, property) ? row[property] : undefined
}

/** Per table: as many as shapes, and for the same reason. */
const MAX_FORMS = 1000
const formsOf = cachePerTable<Form>(MAX_FORMS)

/**
 * The form of a row: the columns that it gives decide it, together with how it is asked for; but for `optional` columns,
 * which rows of one form may have or lack.
 */
export function formOf(table: TableInfo, terms: Terms, row: Row, optional: readonly ColumnInfo[] = []): Form {
	let id = `${parametersOf(terms)} ${optional.length} `
	for (const column of table.columns) {
		const value = valueIn(row, column)
		if (value === undefined || optional.includes(column)) continue
		// Of a key with a null in it only that is known that it decides nothing.
		id += value === null && column.isInKey ? `${column.index}!` : `${column.index},`
	}
	return formsOf(table).get(id, () => build(table, terms, row, optional))
}

/** More than so many forms in one call are one, as far as that can be. */
const MAX_FORMS_OF_A_CALL = 2

/** The forms of the rows of one call, which are all asked for in the same way. */
export function formsOfCall(table: TableInfo, asks: readonly (Terms & { row: Row })[]): Form[] {
	let last: Form | undefined
	const forms = asks.map((ask) => {
		// To look a form up takes a text made for it, which costs more than all the rest.
		if (!last || !isOf(last, ask.row)) last = formOf(table, ask, ask.row)
		return last
	})
	const [first] = asks
	if (!first || new Set(forms).size <= MAX_FORMS_OF_A_CALL) return forms
	const optional = table.columns.filter((column) => isOptional(table, first, column))
	return asks.map((ask) => formOf(table, ask, ask.row, optional))
}

/** A row that is asked for as the form's are, gives the same columns as they do, and null in the same ones of a key. */
function isOf({ columns }: Form, row: Row): boolean {
	for (const { column, isGiven, isNull } of columns) {
		const value = valueIn(row, column)
		if ((value !== undefined) !== isGiven || (column.isInKey && (value === null) !== isNull)) return false
	}
	return true
}

/** How a row is asked for, in words. What else there may be to it does not compile until it is told here. */
function parametersOf({ verb, by, update, key, ...others }: Terms): string {
	others satisfies Record<string, never>
	return `${verb} ${key !== undefined} ${indexes(by)} ${indexes(update)}`
}

function indexes(columns: readonly ColumnInfo[] | undefined): string {
	return columns?.map(({ index }) => index).join() ?? '-'
}

/** Nothing but its own value hangs on whether a row has it. */
function isOptional(table: TableInfo, { by = [], update = [] }: Terms, info: ColumnInfo): boolean {
	const { defaultFn, onUpdateFn, generated } = info.column
	return (
		!(info.isInKey || info.required || generated || defaultFn || onUpdateFn) &&
		!(by.includes(info) || update.includes(info)) &&
		!table.parents.some(({ columns }) => columns.includes(info)) &&
		cellOfDefault(info) !== undefined
	)
}

function build(
	table: TableInfo,
	{ verb, by: asked, update, key: part }: Terms,
	row: Row,
	optional: readonly ColumnInfo[],
): Form {
	const given = table.columns.filter(
		(column) => optional.includes(column) || valueIn(row, column) !== undefined,
	)
	const nulls = given.filter((column) => column.isInKey && valueIn(row, column) === null)
	const by = asked ?? defaultBy(table, verb, given, nulls)
	const key = decidingKey(table, by, nulls)
	const absent = (columns: readonly ColumnInfo[]) => columns.filter((column) => !given.includes(column))
	const unfilled = absent(table.columns).filter(({ required }) => required)
	const needed = [...absent(by), ...absent(update ?? []), ...(verb === 'get-or-create' ? unfilled : [])]
	const insertable = verb !== 'get' && unfilled.length === 0
	const set = verb === 'update-or-create' ? settable(table, given, by, update) : []
	const inserted = insertable ? absent(table.columns).map((column) => insertedOf(table, column)) : []
	const fixed = inserted.flatMap((each) => (each && 'expression' in each ? [each] : []))
	const fillers = [
		...inserted.flatMap((each) => (each && 'make' in each ? [each] : [])),
		...(set.length > 0 ? table.columns.flatMap((column) => updatedOf(column, set)) : []),
	]
	const columns = given.map((column): GivenColumn => {
		const bit = optional.indexOf(column)
		return {
			column,
			slot: { column, use: 'given', ...(bit < 0 ? {} : { bit }) },
			absent: (bit < 0 ? undefined : cellOfDefault(column)) ?? 'null',
		}
	})
	const shapeWith: Form['shapeWith'] = (slots, filled) => {
		if (!key) throw new Error(`"by" holds no key of ${table.name}`)
		const keyed = part !== undefined
		return shapeOf({ table, verb, by, key, slots: [...slots, ...filled, ...fixed], set, insertable, keyed })
	}
	const slots = {
		given: columns.map(({ slot }) => slot),
		filled: fillers.map(({ column, use }) => ({ column, use })),
	}
	return {
		by,
		key,
		given: columns,
		columns: table.columns.map((column) => {
			const value = valueIn(row, column)
			return { column, isGiven: value !== undefined, isNull: value === null }
		}),
		missing: [...new Set(needed)].map((column) => faultAt(column, 'is missing')),
		fillers,
		slots,
		ownReferences: table.parents
			.filter((parent) => parent.isOwnTable && covers(given, parent))
			.map((parent) => parent.columns),
		isSparse: optional.length > 0,
		nameOf: (isGiven) => {
			const told = { verb, by: by.filter(isGiven), set: set.filter(isGiven) }
			const names = given.filter(isGiven).map(({ property }) => property)
			return JSON.stringify([...wordsOf(told, ({ property }) => property), names])
		},
		shapeWith,
		shape: key && shapeWith(slots.given, slots.filled),
	}
}

function defaultBy(
	table: TableInfo,
	verb: Verb,
	given: ColumnInfo[],
	nulls: readonly ColumnInfo[],
): ColumnInfo[] {
	if (verb !== 'update-or-create') return given
	const covered = table.keys.filter(
		(key) => covers(given, key) && !key.columns.some((column) => nulls.includes(column)),
	)
	if (table.primaryKey && covered[0] === table.primaryKey) return table.primaryKey.columns
	return [...new Set(covered.flatMap((key) => key.columns))]
}

/** A row keeps its primary key but where `update` names it: a fresh id beside another key is for a row that isn't there. */
function settable(
	{ primaryKey }: TableInfo,
	given: ColumnInfo[],
	by: readonly ColumnInfo[],
	update: readonly ColumnInfo[] | undefined,
): ColumnInfo[] {
	return given.filter((column) =>
		update ? update.includes(column) : !by.includes(column) && !primaryKey?.columns.includes(column),
	)
}

/** What Drizzle itself inserts for a column that is left out: its default, what $defaultFn gives, what $onUpdate gives. */
function insertedOf({ casing }: TableInfo, column: ColumnInfo): Slot | Filler | undefined {
	const { default: constant, defaultFn, onUpdateFn } = column.column
	if (constant !== undefined && constant !== null) {
		const expression = is(constant, SQL) ? expressionOf(constant, casing) : constantOf(column, constant)
		return {
			column,
			use: 'insert',
			expression: { text: spelledOut(expression), hasCell: false, isOverRow: false },
		}
	}
	const make = defaultFn ?? onUpdateFn
	return make && { column, use: 'insert', make, isOverRow: !defaultFn }
}

/** $onUpdate is asked for each update that doesn't set the column. */
function updatedOf(column: ColumnInfo, set: readonly ColumnInfo[]): Filler[] {
	const { onUpdateFn } = column.column
	return onUpdateFn && !set.includes(column)
		? [{ column, use: 'update', make: onUpdateFn, isOverRow: true }]
		: []
}

function constantOf({ codec, property }: ColumnInfo, value: unknown): Expression {
	const encoded = codec.encode(value)
	if (encoded instanceof Wrong) throw new Error(`the default of ${property} ${encoded.detail}`)
	return encoded instanceof Expression ? encoded : new Expression(codec.sql(literal([encoded]), [0]), [])
}

/** What a column without a value holds, as far as that can stand in a row. */
function cellOfDefault({ column: { default: constant }, codec }: ColumnInfo): string | undefined {
	if (constant === undefined || constant === null) return 'null'
	const encoded = codec.encode(constant)
	return typeof encoded === 'string' ? encoded : undefined
}

/** With its parameters in the SQL. */
function spelledOut({ text, cells }: Expression): string {
	return withParameters(text, (number) => parameterSql(literal(cells), [number]))
}

function literal(cells: readonly string[]): string {
	return quoteText(`[${cells.join()}]`)
}

/** What a slot of one row holds: the cell of a value, or SQL, and the cell of its parameters where it has some. */
export type Filled = string | { expression: NonNullable<Slot['expression']>; cell: string | undefined }

/** Runs the fillers for one row. */
export function fill({ fillers }: Form, { casing }: TableInfo, faults: Fault[]): Filled[] {
	return fillers.map(({ column, make, isOverRow }): Filled => {
		const value = make()
		return is(value, SQL)
			? filledBySql(expressionOf(value, casing), isOverRow)
			: fillIn(column, value, faults)
	})
}

/** A value of a column; what is wrong with it becomes a fault. */
export function fillIn(column: ColumnInfo, value: unknown, faults: Fault[]): Filled {
	if (value === null || value === undefined) {
		if (column.column.notNull) faults.push(faultAt(column, 'must not be null'))
		return 'null'
	}
	const cell = column.codec.encode(value)
	if (typeof cell === 'string') return cell
	if (cell instanceof Expression) return filledBySql(cell, false)
	faults.push(faultAt(column, cell.detail))
	return 'null'
}

function filledBySql({ text, cells }: Expression, isOverRow: boolean): Filled {
	const hasCell = cells.length > 0
	return { expression: { text, hasCell, isOverRow }, cell: hasCell ? `[${cells.join()}]` : undefined }
}

/** The slots, each with the SQL that it holds. */
export function slotsWith(slots: readonly Slot[], filled: readonly Filled[]): Slot[] {
	return slots.map((slot, place) => {
		const held = filled[place]
		return typeof held === 'object' ? { ...slot, expression: held.expression } : slot
	})
}
