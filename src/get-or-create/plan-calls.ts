import { levelsOf } from './levels'
import type { PendingCall } from './pending-call'
import type { Plan } from './plan'
import { Planner } from './planner'
import type { RowRequest } from './row-request'
import type { TableInfo } from './table'

/** One by one a row takes the database some ten times as long: those of many calls take turns. */
const MAX_ONE_BY_ONE = 100
/** So many of them are tried together first. */
const TRIED_TOGETHER = 20
/** That takes the database about as long as so many that go one by one. */
const TRIAL_COST = 3

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
 * is refused sends all of its plan through once more: see addInParts.
 */
export function planCalls(
	calls: readonly PendingCall[],
	{ isSumFelt, hasNoTriggers }: Known = NOTHING_KNOWN,
): Plan[] {
	const plans: Plan[] = []
	const shared = new Planner(plans, { isSumFelt })
	for (const pending of calls) {
		const { way, places, requests } = pending
		const levels = way === 'together' ? levelsOf(pending, hasNoTriggers) : undefined
		if (levels) {
			// All rows of such a call stand or fall together, or none.
			const isBound = hasBond(pending)
			const group = isBound ? plans.length : undefined
			addTogether(pending, levels, () =>
				pending.sharesPlans && !isBound ? shared : new Planner(plans, { isSumFelt, group, isBound }),
			)
		} else if (way === 'one-by-one') addInParts(plans, pending, hasNoTriggers)
		else {
			const own = { ...pending, places: firstOf(requests, places, MAX_ONE_BY_ONE) }
			addSingly(plans, own, { isOrdered: way === 'together' })
		}
	}
	return plans
}

function addTogether(
	{ call, places, requests }: PendingCall,
	levels: readonly (readonly number[])[],
	plannerFor: () => Planner,
): void {
	for (const level of levels) {
		const planner = plannerFor()
		for (const place of level) {
			const request = requests[place]
			if (request) planner.add(request, { call, place }, places.length > 1)
		}
	}
}

function hasBond({ places, requests }: PendingCall): boolean {
	return places.some((place) => requests[place]?.bond !== undefined)
}

/**
 * A plan a row, in their order. One that refers to others goes only after these, and, where they are to be `isOrdered`, as
 * it is not known which of the rows are refused, none before what was asked for earlier.
 */
function addSingly(
	plans: Plan[],
	{ call, places, requests, way }: PendingCall,
	{ isOrdered = false, after = [], idOf }: { isOrdered?: boolean; after?: readonly number[]; idOf?: GroupId },
): void {
	const planOf = new Map<number, number>()
	let before = after
	let run: { group: number | undefined; at: number } | undefined
	for (const place of places) {
		const request = requests[place]
		if (!request) continue
		const { shape, bond } = request
		const at = plans.length
		if (!run || bond === undefined || run.group !== bond.group) {
			if (isOrdered && run) before = [at - 1]
			run = { group: bond?.group, at }
		}
		const referred = bond?.refersTo?.flatMap((each) => planOf.get(each) ?? []) ?? []
		plans.push({
			shape,
			rows: [{ request, askers: [{ call, place }] }],
			after: [...before, ...referred],
			group: bond && (idOf?.(bond.group) ?? run.at),
			row: bond?.row,
			trial: undefined,
			isBound: bond !== undefined,
			isOneByOne: way !== 'together',
		})
		planOf.set(place, at)
	}
}

/** The name of a group among plans. */
type GroupId = (group: number) => number

/**
 * After one of the rows was refused: a few at a time as if none of them were, and one by one those among whom one is known
 * to be. Of a thousand rows it is most often one. Who they are is searched for first, by trials of which nothing remains
 * where one fails. After that a trial that fails holds up those behind it, for the rows of a call keep their order.
 */
function addInParts(plans: Plan[], pending: PendingCall, hasNoTriggers: Known['hasNoTriggers']): void {
	const groups = new Map<number, number>()
	const idOf: GroupId = (group) => {
		const id = groups.get(group) ?? plans.length
		groups.set(group, id)
		return id
	}
	const parts = partsOf(pending).map(({ places, isSuspect }) => {
		const part = { ...pending, places }
		return { part, levels: isSuspect ? undefined : levelsOf(part, hasNoTriggers) }
	})
	const isSearch = !pending.suspects && parts.every(({ levels }) => levels)
	const isWhole = isSearch || isOneGroup(pending)
	let after: readonly number[] = []
	let cost = 0
	for (const { part, levels } of parts) {
		if (cost >= MAX_ONE_BY_ONE && !isWhole) return
		if (!levels) {
			addSingly(plans, part, { after, idOf })
			cost += part.places.length
			continue
		}
		const trial = plans.length
		const group = isWhole ? idOf(0) : undefined
		// A sum that is refused says nothing of its parts.
		const options = { isSumFelt: () => true, group, after, trial, isBound: hasBond(part) }
		addTogether(part, levels, () => new Planner(plans, options))
		if (!isWhole) after = [trial]
		cost += TRIAL_COST
	}
}

/** All of its rows stand or fall together. */
function isOneGroup({ places, requests }: PendingCall): boolean {
	const groups = new Set(places.map((place) => requests[place]?.bond?.group))
	return groups.size === 1 && !groups.has(undefined)
}

interface Part {
	places: number[]
	/** One of its rows may be refused. */
	isSuspect: boolean
}

/** The rows of a call, a few at a time; a row stays with those that it refers to. */
function partsOf({ places, requests, suspects }: PendingCall): Part[] {
	const parts: Part[] = []
	const areFew = places.length <= TRIED_TOGETHER
	let isWhole = true
	for (const place of places) {
		const isSuspect = areFew || suspects?.has(place) === true
		const last = parts.at(-1)
		const isFull = last && (last.isSuspect !== isSuspect || last.places.length >= TRIED_TOGETHER)
		if (last && !(isWhole && isFull)) last.places.push(place)
		else parts.push({ places: [place], isSuspect })
		isWhole = !requests[place]?.bond?.isReferred
	}
	return parts
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
