import { byKey, keyOf, mayWrite, show, valueOf } from './events.ts'
import type { Event, StoredRow } from './history.ts'

interface Seen {
	value: string
	start: number
}

/** Arrays that were not done row by row, in their order. */
export function wrongOrders(events: readonly Event[], final: readonly StoredRow[]): string[] {
	const wrong: string[] = []
	for (const [key, about] of byKey(events)) {
		// What a repeat tells of a row as it is now is not what its array did.
		const done = about.filter(({ array, isOneTry, by }) => array && isOneTry && by.length > 0)
		for (const rows of Map.groupBy(done, ({ array }) => array).values()) {
			if (rows.length < 2) continue
			const seen = seenOf(about, final, key)
			for (const [earlier, later] of pairs(rows)) {
				const fault = faultIn(earlier, later, seen)
				if (fault) wrong.push(`${fault}: ${show(earlier)}; ${show(later)}`)
			}
		}
	}
	return wrong
}

function faultIn(earlier: Event, later: Event, seen: readonly Seen[]): string | undefined {
	if (earlier.told.kind !== 'row') return undefined
	if (later.told.kind === 'refused') {
		return later.method === 'POST' ? 'refused though an earlier row had found it' : undefined
	}
	if (later.told.kind !== 'row') return undefined
	if (later.told.created) return 'created by a later row'
	if (!mayWrite(earlier) || !mayWrite(later)) return undefined
	const value = valueOf(earlier.table, earlier.asked)
	const isLast = seen.some((each) => each.value === value && each.start > later.end)
	return isLast ? 'an earlier row was applied last' : undefined
}

/** What was seen of a row, and what it is in the end. */
function seenOf(about: readonly Event[], final: readonly StoredRow[], key: unknown): Seen[] {
	const read = about.flatMap(({ told, table, start }) =>
		told.kind === 'row' && !told.created && !told.updated ? [{ value: valueOf(table, told.row), start }] : [],
	)
	const [first] = about
	const last = final.filter((row) => keyOf(about, row) === key)
	if (!first) return read
	return [
		...read,
		...last.map((row) => ({ value: valueOf(first.table, row), start: Number.POSITIVE_INFINITY })),
	]
}

function pairs(events: readonly Event[]): [earlier: Event, later: Event][] {
	return events.flatMap((earlier, place) =>
		events.slice(place + 1).map((later): [Event, Event] => [earlier, later]),
	)
}
