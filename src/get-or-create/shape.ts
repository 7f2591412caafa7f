import { cachePerTable } from './cache'
import type { ColumnInfo, TableInfo } from './table'

export type Verb = 'get' | 'get-or-create' | 'update-or-create'

/** One value of an encoded row. An `expression` is SQL that the database evaluates instead, and takes no place in the row. */
export interface Slot {
	column: ColumnInfo
	/** Given by the caller, or filled in on an insert, or on an update. */
	use: 'given' | 'insert' | 'update'
	expression?: string
}

/** What rows must have in common to share a statement. Equal shapes are the same object. */
export interface Shape {
	table: TableInfo
	verb: Verb
	by: readonly ColumnInfo[]
	slots: Slot[]
	/** The columns that an update changes. */
	set: readonly ColumnInfo[]
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
	const { table, verb, by, slots, set, keyed } = shape
	const id = JSON.stringify([
		verb,
		keyed,
		by.map(({ index }) => index),
		slots.map(({ column, use, expression }) => [column.index, use, expression]),
		set.map(({ index }) => index),
	])
	return shapesOf(table).get(id, () => shape)
}

export function isGiven(shape: Shape, column: ColumnInfo): boolean {
	return shape.slots.some((slot) => slot.column === column && slot.use === 'given')
}
