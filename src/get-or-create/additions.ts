import { safeIntegers } from './codec/sums'
import { placeOf, type Shape } from './shape'
import type { ColumnInfo } from './table'

/** What a row adds, where it may be added up with others: its cells, of which so many are given by its caller. */
export interface Summand {
	cells: readonly string[]
	given: number
}

interface Addition {
	column: ColumnInfo
	/** The place of its cell. */
	place: number
}

const additions = new WeakMap<Shape, readonly Addition[]>()

/** The columns to which rows of this shape add, where nothing in it can tell a sum from its parts; else none. */
export function additionsOf(shape: Shape): readonly Addition[] {
	const known = additions.get(shape)
	if (known) return known
	const { table, set, slots, keyed, newer } = shape
	const added = set.filter(({ how }) => how === 'add').map(({ column }) => column)
	const isPlain =
		!(keyed || newer || table.hasOpaqueIndexes || table.checks.size > 0) &&
		// Doubles are not the same in another order, and a value that others refer to or compute with is felt by them.
		added.every(({ codec }) => codec.sum === safeIntegers) &&
		!table.columns.some(({ column }) => column.generated) &&
		!table.parents.some(({ columns }) => columns.some((column) => added.includes(column))) &&
		!slots.some(({ use, expression }) => use === 'update' || (use === 'given' && expression))
	const found = isPlain
		? added.map((column) => {
				const slot = slots.find((each) => each.column === column && each.use === 'given')
				return { column, place: placeOf(shape, slot) }
			})
		: []
	additions.set(shape, found)
	return found
}
