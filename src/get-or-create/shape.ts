import { cachePerTable } from './cache'
import type { ColumnInfo, TableInfo, UniqueKey } from './table'
import { type Change, WAYS } from './ways'

export type Verb = 'get' | 'get-or-create' | 'update-or-create'

/** One value of an encoded row. */
export interface Slot {
	column: ColumnInfo
	/** Given by the caller, or filled in on an insert, or on an update. */
	use: 'given' | 'insert' | 'update'
	/** SQL that the database evaluates instead: its cell, where it has one, holds its parameters; it may speak of the row as it was. */
	expression?: { text: string; hasCell: boolean; isOverRow: boolean }
	/** The row may lack it, in which case its cell holds what an insert makes of that: its bit in the row's first cell. */
	bit?: number
}

/** What is asked for rows, whatever their values are. */
export interface Question {
	verb: Verb
	by: readonly ColumnInfo[]
	/** What an update changes. */
	set: readonly Change[]
	/** The column that has to be greater than it was, or nothing changes. */
	newer: ColumnInfo | undefined
}

/** What rows must have in common to share a statement. Equal shapes are the same object. */
export interface Shape extends Question {
	table: TableInfo
	/** The key in `by` that decides the race. */
	key: UniqueKey
	slots: Slot[]
	/** Nothing that an insert needs is missing. */
	insertable: boolean
	/** Behind a row's values stand its Idempotency-Key, position and fingerprint. */
	keyed: boolean
}

/** Per table. Enough for the shapes of real callers; a caller who permutes columns can't fill the memory. */
const MAX_SHAPES = 1000
/** The shapes of a table that are in use. */
export const shapesOf = cachePerTable<Shape>(MAX_SHAPES)

/** The one shape for this combination of columns, so that its statements are built once. */
export function shapeOf(shape: Shape): Shape {
	const { table, key, slots, insertable, keyed, ...question } = shape
	const id = JSON.stringify([
		insertable,
		keyed,
		table.keys.indexOf(key),
		slots.map(({ column, use, expression, bit }) => [column.index, use, expression?.text, bit]),
		wordsOf(question, ({ index }) => index),
	])
	return shapesOf(table).get(id, () => shape)
}

/**
 * A question in words, by which it is told from others: in the identity of a shape, and in the fingerprint of a request. One
 * that has more to it does not compile until it is told here.
 */
export function wordsOf(
	{ verb, by, set, newer, ...others }: Question,
	wordFor: (column: ColumnInfo) => string | number,
): unknown[] {
	others satisfies Record<string, never>
	const words = set.map(({ column, how }) => (how === 'update' ? wordFor(column) : [how, wordFor(column)]))
	return [verb, by.map(wordFor), words, ...(newer ? [wordFor(newer)] : [])]
}

export function isGiven(shape: Shape, column: ColumnInfo): boolean {
	return shape.slots.some((slot) => slot.column === column && slot.use === 'given')
}

/** What an update makes of a row depends on what it was: afterwards the row does not tell whether it was done. */
export function dependsOnRow({ set, newer }: Question): boolean {
	return newer !== undefined || set.some(({ how }) => how !== 'update')
}

/** An update done twice is not the same as done once. */
export function accumulates({ set }: Question): boolean {
	return set.some(({ how }) => !WAYS[how].isIdempotent)
}

/** How many optional columns one cell says of whether the row lacks them: SQLite's integers have 64 bits. */
const BITS_A_CELL = 30

/** Where in an encoded row a slot's cell stands, or for no slot the first place behind all cells. */
export function placeOf({ slots }: Shape, slot?: Slot): number {
	const before = slots.slice(0, slot ? slots.indexOf(slot) : slots.length)
	return absenceCells(slots) + before.filter(({ expression }) => expression?.hasCell ?? true).length
}

function absenceCells(slots: readonly Slot[]): number {
	return Math.ceil(slots.filter(({ bit }) => bit !== undefined).length / BITS_A_CELL)
}

/** The first cells of a row that may lack columns: a bit for each that it lacks. */
export function absenceOf(slots: readonly Slot[], isThere: (column: ColumnInfo) => boolean): string[] {
	const cells = Array.from({ length: absenceCells(slots) }, () => 0)
	for (const { column, bit } of slots) {
		if (bit === undefined || isThere(column)) continue
		const at = Math.floor(bit / BITS_A_CELL)
		cells[at] = (cells[at] ?? 0) | (1 << (bit % BITS_A_CELL))
	}
	return cells.map(String)
}

/** SQL for: the row lacks the column. Nothing where no row of the shape does. */
export function isAbsent({ slots }: Shape, column: ColumnInfo): string | undefined {
	const bit = slots.find((slot) => slot.column === column)?.bit
	if (bit === undefined) return undefined
	return `(item.value ->> ${Math.floor(bit / BITS_A_CELL)}) & ${1 << (bit % BITS_A_CELL)}`
}
