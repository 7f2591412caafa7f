import type { Shape, Slot } from './shape'
import type { ColumnInfo, UniqueKey } from './table'

// Which rows of one call may affect each other, as far as their shapes tell: what breaks the independence that lets
// rows change places and share a statement. What the rows' values tell is in planner.ts.

/** How rows of a shape stand to others of their call. */
export interface Order {
	/**
	 * Rows of one family name the same parts of the same keys, and an update its row by the same columns: unless they
	 * share a value there, they are different rows, and stay so. Of rows of different families nobody knows: another `by`
	 * may mean the same row, and an id given may be the one made up for another.
	 */
	family: string
	/** Two such rows may meet in a unique value that neither names: they keep their order, though they may share a statement. */
	keepsOrder: boolean
	/**
	 * An update may free a unique value that another row waits for: `told`, of such rows that share statements the database
	 * tells whether one does (see exchangeOf), and no other may pass them; `untold`, such a row goes alone.
	 */
	frees: 'nothing' | 'told' | 'untold'
	/** No two rows share a statement: an update may change what its row was asked for by. */
	isSingle: boolean
}

const orders = new WeakMap<Shape, Order>()

export function orderOf(shape: Shape): Order {
	const known = orders.get(shape)
	if (known) return known
	const { table, verb, by } = shape
	const parts = table.keys.map((key) => namedPart(shape, key).map(({ index }) => index))
	const order: Order = {
		family: JSON.stringify([
			verb === 'update-or-create' && by.map(({ index }) => index).toSorted((a, b) => a - b),
			parts,
		]),
		keepsOrder: table.hasOpaqueIndexes || table.keys.some((key) => meetsUnnamed(shape, key)),
		frees: freedBy(shape),
		isSingle: leaves(shape),
	}
	orders.set(shape, order)
	return order
}

/** The columns of a key for which the row has a value when it is made. */
export function namedPart(shape: Shape, { columns }: UniqueKey): ColumnInfo[] {
	return columns.filter((column) =>
		shape.slots.some(
			(slot) => slot.column === column && slot.use !== 'update' && slot.expression === undefined,
		),
	)
}

/** Rows that name no part of the key may share its value all the same: a default is the same for all. */
function meetsUnnamed(shape: Shape, key: UniqueKey): boolean {
	if (namedPart(shape, key).length > 0) return false
	// SQLite numbers rows itself, each otherwise; and NULL meets nothing.
	return !key.columns.some(({ isRowId, staysNull }) => isRowId || staysNull)
}

/** The columns that an update writes. */
export function written({ set, slots }: Shape): ColumnInfo[] {
	return [
		...set.map(({ column }) => column),
		...slots.filter(({ use }) => use === 'update').map(({ column }) => column),
	]
}

/** An update of this shape may change the key. */
export function moves(shape: Shape, { columns }: UniqueKey): boolean {
	if (shape.set.length === 0) return false
	const changed = written(shape)
	return columns.some((column) => changed.includes(column) || column.column.generated !== undefined)
}

/**
 * An update may make of its row one that is not what it was asked for by: $onUpdate counts a version up, or the database
 * computes another value. What it sets itself is what it was asked by.
 */
export function leaves({ by, set, slots }: Shape): boolean {
	if (set.length === 0) return false
	const touched = slots.filter(({ use }) => use === 'update').map(({ column }) => column)
	return by.some((column) => touched.includes(column) || column.column.generated !== undefined)
}

function freedBy(shape: Shape): Order['frees'] {
	const { table, set, slots } = shape
	if (set.length === 0) return 'nothing'
	if (table.hasOpaqueIndexes || leaves(shape)) return 'untold'
	const moved = table.keys.filter((key) => moves(shape, key)).flatMap(({ columns }) => columns)
	if (moved.length === 0) return 'nothing'
	const isWorkedOut = ({ column, expression }: Slot) => expression !== undefined && moved.includes(column)
	return moved.some(({ column }) => column.generated) || slots.some(isWorkedOut) ? 'untold' : 'told'
}
