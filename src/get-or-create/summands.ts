import { DatabaseError } from '../database/failure'
import type { DriverValue } from '../database/send'
import { additionsOf } from './additions'
import type { Outcome } from './outcome'
import type { RowRequest } from './row-request'
import type { Shape } from './shape'

// Callers who add to the same row may share one statement that adds their sum, and each is told his own share of it: what
// the row was before those behind him. Only where that is exactly what one after the other would have come to.

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
