import { levelsOf } from './levels'
import { orderOf } from './order'
import type { PendingCall } from './pending-call'
import { isTwin, type RowRequest } from './row-request'
import type { Shape } from './shape'
import { addedUp } from './summands'
import type { TableInfo } from './table'

/** Rows of one shape that share statements. Plans of one transaction run in their order. */
export interface Plan {
	shape: Shape
	rows: PlannedRow[]
	/** The plans, by their places, that have to go well before this one: the rows of a call keep their order. */
	after: readonly number[]
	/** Plans with the same one are done all or none: it is the place of the first of them. */
	group: number | undefined
	/** It is of one row, and what that is refused for is no other's. */
	isOneByOne: boolean
}

export interface PlannedRow {
	/** Of several who add to the same row it adds their sum: see summands.ts. */
	request: RowRequest
	/**
	 * Who asks for it: the first may be its creator, its twins find it there. Twins under one Idempotency-Key are the
	 * same request twice, and get the same answer.
	 */
	askers: [first: Asker, ...twins: Asker[]]
}

/** A row of a call. */
export interface Asker {
	call: number
	/** Its place among the rows of its call. */
	place: number
}

/** One by one a row takes the database some ten times as long: those of many calls take turns. */
export const MAX_ONE_BY_ONE = 100

/** What is known of tables in the database; where nothing is, the worst. */
interface Known {
	/** Whatever is added to a row is added by itself. */
	isSumFelt: (table: TableInfo) => boolean
	hasNoTriggers: (table: TableInfo) => boolean
}

const NOTHING_KNOWN: Known = { isSumFelt: () => true, hasNoTriggers: () => false }

/**
 * Groups the rows of calls into as few plans as give every caller what it would have got alone, row by row.
 *
 * Calls have no order among them. Those of one row share plans; those of many keep theirs to themselves, for one row that
 * is refused sends all of its plan through once more, row by row.
 */
export function planCalls(
	calls: readonly PendingCall[],
	{ isSumFelt, hasNoTriggers }: Known = NOTHING_KNOWN,
): Plan[] {
	const plans: Plan[] = []
	const shared = new Planner(plans, isSumFelt)
	for (const pending of calls) {
		const { call, places, requests, oneByOne, sharesPlans } = pending
		const levels = hasReferences(pending) ? levelsOf(pending, hasNoTriggers) : [places]
		if (oneByOne || !levels) {
			addSingly(plans, pending)
			continue
		}
		// All rows of such a call stand or fall together, or none.
		const isBound = places.some((place) => requests[place]?.bond !== undefined)
		const group = isBound ? plans.length : undefined
		for (const level of levels) {
			const planner = sharesPlans && !isBound ? shared : new Planner(plans, isSumFelt, group)
			for (const place of level) {
				const request = requests[place]
				if (request) planner.add(request, { call, place }, places.length > 1)
			}
		}
	}
	return plans
}

function hasReferences({ places, requests }: PendingCall): boolean {
	return places.some((place) => requests[place]?.bond?.isReferred)
}

/**
 * A plan a row, in their order. One that refers to others goes only after these, and, as long as it is not known which of
 * the rows are refused, none before what was asked for earlier.
 */
function addSingly(plans: Plan[], { call, places, requests, oneByOne }: PendingCall): void {
	const own = firstOf(requests, places, MAX_ONE_BY_ONE)
	const planOf = new Map<number, number>()
	let before: number[] = []
	let run: { group: number | undefined; at: number } | undefined
	for (const place of own) {
		const request = requests[place]
		if (!request) continue
		const { shape, bond } = request
		const at = plans.length
		if (!run || bond === undefined || run.group !== bond.group) {
			before = oneByOne || !run ? [] : [at - 1]
			run = { group: bond?.group, at }
		}
		const referred = bond?.refersTo?.flatMap((each) => planOf.get(each) ?? []) ?? []
		plans.push({
			shape,
			rows: [{ request, askers: [{ call, place }] }],
			after: [...before, ...referred],
			group: bond && run.at,
			isOneByOne: oneByOne,
		})
		planOf.set(place, at)
	}
}

/**
 * Rows that share no unique value can't affect each other, so they may change places and share a statement. A row that
 * shares one with an earlier goes into a later plan, unless it asks for exactly the same (a twin). What shapes tell beyond
 * that is in order.ts; rows that refer to their own table go alone.
 */
class Planner {
	readonly #plans: Plan[]
	readonly #group: number | undefined
	readonly #isSumFelt: (table: TableInfo) => boolean
	readonly #holders = new Map<number, { at: number; row: PlannedRow }>()
	readonly #latest = new Map<Shape, number>()
	/** The last plan that a row of the call is in, and the first that its next row may go into. */
	#last = -1
	#floor = 0
	#family: string | undefined

	constructor(plans: Plan[], isSumFelt: (table: TableInfo) => boolean, group?: number) {
		this.#plans = plans
		this.#isSumFelt = isSumFelt
		this.#group = group
	}

	add(request: RowRequest, asker: Asker, isOrdered: boolean): void {
		const { shape, uniqueValues } = request
		const order = orderOf(shape)
		const isAlone = isOrdered && (order.frees === 'untold' || request.refersToOwnTable)
		const isPassed = !isOrdered || order.frees === 'nothing'
		if (isOrdered && (isAlone || (this.#family !== undefined && order.family !== this.#family))) {
			this.#floor = this.#last + 1
		}
		this.#family = order.family
		let earliest = this.#floor
		if (!isPassed || (isOrdered && order.keepsOrder)) earliest = Math.max(earliest, this.#last)
		const held = uniqueValues.map((value) => this.#holders.get(value))
		const [twin] = held
		if (twin && !order.isSingle && twin.at >= earliest && held.every((holder) => holder?.row === twin.row)) {
			const sum = this.#isSumFelt(shape.table) ? undefined : addedUp(twin.row.request, request)
			if (sum) twin.row.request = sum
			if (sum || isTwin(twin.row.request, request)) {
				twin.row.askers.push(asker)
				return
			}
		}
		for (const holder of held) if (holder) earliest = Math.max(earliest, holder.at + 1)
		const row: PlannedRow = { request, askers: [asker] }
		const at = this.#place(shape, row, order.isSingle ? this.#plans.length : earliest, isOrdered)
		for (const value of uniqueValues) this.#holders.set(value, { at, row })
		this.#last = Math.max(this.#last, at)
		if (isAlone) this.#floor = at + 1
		else if (!isPassed) this.#floor = at
	}

	#place(shape: Shape, row: PlannedRow, earliest: number, isOrdered: boolean): number {
		const latest = this.#latest.get(shape) ?? -1
		const existing = latest >= earliest ? this.#plans[latest] : undefined
		if (existing) {
			existing.rows.push(row)
			return latest
		}
		const at = this.#plans.length
		const after = isOrdered && this.#last >= 0 ? [this.#last] : []
		this.#plans.push({ shape, rows: [row], after, group: this.#group, isOneByOne: false })
		this.#latest.set(shape, at)
		return at
	}
}

/** At most so many of these rows, or else the first group of them: of no group only a part. */
export function firstOf(
	requests: readonly RowRequest[],
	places: readonly number[],
	most: number,
): readonly number[] {
	const groupAt = (at: number) => requests[places[at] ?? -1]?.bond?.group
	const isWithin = (end: number) =>
		end < places.length && groupAt(end) !== undefined && groupAt(end) === groupAt(end - 1)
	let end = Math.min(most, places.length)
	while (end > 0 && isWithin(end)) end--
	if (end === 0)
		do end++
		while (isWithin(end))
	return places.slice(0, end)
}
