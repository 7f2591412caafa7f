import { byKey, keyOf, mayWrite, show } from './events.ts'
import type { Event, StoredRow } from './history.ts'

/** How many adds one counter can hold, within 2^53. */
export const SLOTS = 26

/** What is added in a slot, by one row at most: a digit of its own, so that a value tells which adds are in it. */
export function amountOf(slot: number): number {
	return 4 ** slot
}

/** How often an amount is in a value, up to three times. */
function timesIn(value: number, amount: number): number {
	return Math.floor(value / amount) % 4
}

/** What a counter was, at some time from `start` to `end`. */
interface View {
	value: number
	start: number
	end: number
	/** Whose it is. It is the value right after its add, unless a repeat read it. */
	event?: Event
}

/** Sums of adds that are no order of adds, each done once: all those that were told, and some of those that weren't. */
export function wrongCounts(events: readonly Event[], final: readonly StoredRow[], now: number): string[] {
	const wrong: string[] = []
	for (const [key, about] of byKey(events)) {
		const adds = about.filter((event) => event.method === 'PUT' && event.by.length > 0 && mayWrite(event))
		const last = final
			.filter((row) => keyOf(about, row) === key)
			.map((row): View => ({ value: Number(row['n']), start: now, end: now }))
		const views = [...about.flatMap(viewsOf), ...last].toSorted((a, b) => a.value - b.value)
		const faults = [
			...views.flatMap((view) => wrongSum(view, adds)),
			...views.flatMap((view, place) => wrongOrder(view, views.slice(place + 1))),
			...wrongArrays(about),
		]
		wrong.push(...faults.map((fault) => `${key}: ${fault}`))
	}
	return wrong
}

function viewsOf(event: Event): View[] {
	const { told, start, end } = event
	// Of an add that was told late only the row as it is now shows a value.
	if (told.kind !== 'row' || told.row['n'] === undefined) return []
	return [{ value: Number(told.row['n']), start, end, event }]
}

function wrongSum(view: View, adds: readonly Event[]): string[] {
	const { value, event } = view
	const wrong: string[] = []
	let sum = 0
	for (const add of adds) {
		const amount = Number(add.asked['n'])
		const times = timesIn(value, amount)
		sum += times * amount
		if (times > 1) wrong.push(`${amount} was added ${times} times: ${said(view)}`)
		if (times === 0 && add.end < view.start) wrong.push(`a lost add: ${show(add)}; ${said(view)}`)
		if (times > 0 && view.end < add.start)
			wrong.push(`added before it was asked for: ${show(add)}; ${said(view)}`)
	}
	if (sum !== value) wrong.push(`nobody added ${value - sum}: ${said(view)}`)
	if (!event || event.told.kind !== 'row') return wrong
	const own = Number(event.asked['n'])
	if (event.method === 'PUT' && timesIn(value, own) === 0) wrong.push(`told without its own: ${said(view)}`)
	if (isAdd(view) && !event.told.created && !event.told.updated)
		wrong.push(`an add that did nothing: ${said(view)}`)
	if (event.told.created && value !== own) wrong.push(`created as another: ${said(view)}`)
	return wrong
}

/** `others` are no smaller. */
function wrongOrder(view: View, others: readonly View[]): string[] {
	return others.flatMap((other) => {
		const both = `${said(view)}; ${said(other)}`
		if (view.value === other.value) return isAdd(view) && isAdd(other) ? [`told twice: ${both}`] : []
		const isWithin = Array.from({ length: SLOTS }, (_, slot) => amountOf(slot)).every(
			(amount) => timesIn(view.value, amount) <= timesIn(other.value, amount),
		)
		if (!isWithin) return [`neither came first: ${both}`]
		if (other.end < view.start) return [`an add was undone: ${both}`]
		const isSeen = isAdd(other) && timesIn(view.value, Number(other.event?.asked['n'])) > 0
		return isSeen ? [`seen before it was done: ${both}`] : []
	})
}

/** Adds of one array that were not done in its order. */
function wrongArrays(about: readonly Event[]): string[] {
	const views = about.filter(({ array, isOneTry, by }) => array && isOneTry && by.length > 0).flatMap(viewsOf)
	return [...Map.groupBy(views, ({ event }) => event?.array).values()].flatMap((own) =>
		own.flatMap((view, place) => {
			const before = own[place - 1]
			return before && before.value > view.value
				? [`a later row came first: ${said(before)}; ${said(view)}`]
				: []
		}),
	)
}

function isAdd({ event }: View): boolean {
	return event?.method === 'PUT' && event.by.length > 0
}

function said({ event, value }: View): string {
	return event ? show(event) : `${value} in the end`
}
