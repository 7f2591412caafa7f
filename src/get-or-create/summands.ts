import { DatabaseError } from '../database/failure'
import type { DriverValue } from '../database/send'
import { safeIntegers } from './codec/sums'
import type { Outcome } from './outcome'
import type { RowRequest } from './row-request'
import { placeOf, type Shape } from './shape'
import type { ColumnInfo } from './table'

// Callers who add to the same row may share one statement that adds their sum, and each is told his own share of it: what
// the row was before those behind him. Only where that is exactly what one after the other would have come to.

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

/**
 * One request for two that come one after the other. Nothing where they ask for more than to add to the same row, or where
 * they don't add in the same direction: then a sum may be in the column's range that on the way there was not.
 */
export function addedUp(one: RowRequest, other: RowRequest): RowRequest | undefined {
	if (one.shape !== other.shape || !one.summand || !other.summand) return undefined
	const [{ cells, given }, next] = [one.summand, other.summand]
	const places = additionsOf(one.shape)
	const sums = cells.slice()
	for (let place = 0; place < given; place++) {
		const [a, b] = [cells[place], next.cells[place]]
		if (!places.some((each) => each.place === place)) {
			if (a !== b) return undefined
			continue
		}
		const [x, y] = [Number(a), Number(b)]
		if (!(x * y > 0) || !Number.isSafeInteger(x + y)) return undefined
		sums[place] = String(x + y)
	}
	return { ...one, json: `[${sums.join()}]`, summand: { cells: sums, given } }
}

/** What each of those whose sum was added is told, in their order. */
export function sharesOf(shape: Shape, requests: readonly RowRequest[], outcome: Outcome): Outcome[] {
	if (outcome.kind === 'error') return requests.map(() => outcome)
	const shares: Outcome[] = []
	let values: DriverValue[] | undefined = outcome.values
	for (let place = requests.length - 1; place >= 0; place--) {
		const isFirst = place === 0
		shares.unshift(
			values
				? { ...outcome, values, created: outcome.created && isFirst, updated: !(outcome.created && isFirst) }
				: { kind: 'error', error: new DatabaseError('unknown', 'a sum that is no number') },
		)
		values = values && before(shape, values, requests[place])
	}
	return shares
}

/** What the row was before the request. */
function before(
	shape: Shape,
	values: DriverValue[],
	request: RowRequest | undefined,
): DriverValue[] | undefined {
	const earlier = values.slice()
	for (const { column, place } of additionsOf(shape)) {
		const [sum, added] = [values[column.index], Number(request?.summand?.cells[place])]
		if (typeof sum !== 'number' || Number.isNaN(added)) return undefined
		earlier[column.index] = sum - added
	}
	return earlier
}
