import type { RowRequest } from './row-request'
import type { Shape } from './shape'

/** Rows of one shape that share statements. Plans of one transaction run in their order. */
export interface Plan {
	shape: Shape
	rows: PlannedRow[]
}

export interface PlannedRow {
	request: RowRequest
	/**
	 * Who asks for it, by their place in the transaction: the first may be its creator, its twins find it there. Twins
	 * under one Idempotency-Key are the same request twice, and get the same answer.
	 */
	askers: [first: number, ...twins: number[]]
}

export interface Transaction {
	plans: Plan[]
	/** A later plan may change what stands in an earlier one's way: its conflicts have to be named inside. */
	namesConflicts: boolean
}

/** A row that a transaction carries, and whose call it came in: the rows of one call keep their order. */
export interface Entry {
	request: RowRequest
	call: number
}

/** The rows of one call. */
export function entriesOf(requests: readonly RowRequest[], call = 0): Entry[] {
	return requests.map((request) => ({ request, call }))
}

/**
 * Groups rows into as few plans as give every caller what it would have got alone, in order.
 *
 * Rows that share no unique value can't affect each other, so they may change places and share a statement. Rows that
 * do share one keep their order: the later goes into a later plan, unless it asks for exactly the same (a twin).
 * An update that moves a unique value may free one that nobody names, so it keeps its place among its call's rows; and
 * where unique indexes are opaque to us, rows keep their order.
 */
export function plan(entries: readonly Entry[]): Transaction {
	const plans: Plan[] = []
	const holders = new Map<string, { at: number; row: PlannedRow }>()
	const latestOf = new Map<Shape, number>()
	const calls = new Map<number, CallState>()
	entries.forEach(({ request, call }, asker) => {
		const { shape, uniqueValues } = request
		let own = calls.get(call)
		if (!own) calls.set(call, (own = { first: plans.length, last: -1, floor: 0 }))
		const held = uniqueValues.map((value) => holders.get(value))
		const twin = held[0]
		if (
			twin &&
			twin.at >= own.floor &&
			isTwin(twin.row.request, request) &&
			held.every((holder) => holder?.row === twin.row)
		) {
			twin.row.askers.push(asker)
			return
		}
		let earliest = own.floor
		for (const holder of held) if (holder) earliest = Math.max(earliest, holder.at + 1)
		if (shape.movesUniqueValues) earliest = Math.max(earliest, own.last + 1)
		if (shape.table.hasOpaqueIndexes) earliest = Math.max(earliest, own.last)
		const joined = latestOf.get(shape) ?? -1
		const at = joined >= earliest ? joined : plans.length
		const row: PlannedRow = { request, askers: [asker] }
		const existing = plans[at]
		if (existing) existing.rows.push(row)
		else plans.push({ shape, rows: [row] })
		latestOf.set(shape, at)
		for (const value of uniqueValues) holders.set(value, { at, row })
		own.first = Math.min(own.first, at)
		own.last = Math.max(own.last, at)
		if (shape.movesUniqueValues) own.floor = at + 1
	})
	const spread = [...calls.values()].some(({ first, last }) => first < last)
	return { plans, namesConflicts: spread || plans.some(({ shape }) => shape.movesUniqueValues) }
}

/** The first and the last plan that a call's rows are in, and the first that its next row may go into. */
interface CallState {
	first: number
	last: number
	floor: number
}

function isTwin(one: RowRequest, other: RowRequest): boolean {
	return one.shape === other.shape && one.given === other.given && one.fingerprint === other.fingerprint
}
