import { wrongOrders } from './arrays.ts'
import { wrongCounts } from './counts.ts'
import { byKey, keyOf, mayWrite, show, valueOf } from './events.ts'
import { type Event, type Final, KEY_OF, type StoredRow, wrongColumns } from './history.ts'
import { orphans } from './orphans.ts'
import { wrongRefusals } from './refusals.ts'

/**
 * What no order of the events could explain: nothing, where all callers were told the truth.
 *
 * A row is a register: its key stays, rows are never deleted, and no two requests write the same value to one key,
 * but for those that would create it. So each read names the write that it saw, and the register is linearizable if
 * and only if the zones of its values do not collide (Gibbons and Korach, Testing Shared Memories, 1997).
 * A counter is none: its values name all the adds before them.
 */
export function violationsOf(events: readonly Event[], final: Final, now: number): string[] {
	const tables: (keyof Final)[] = ['users', 'accounts', 'authors', 'books', 'counters']
	const wrong = tables.flatMap((table) => {
		const own = events.filter((event) => event.table === table)
		const values =
			table === 'counters'
				? wrongCounts(own, final[table], now)
				: [...wrongOrders(own, final[table]), ...wrongHistories(own, final[table], now)]
		return [
			...own.flatMap(wrongAnswer),
			...wrongConflicts(own),
			...wrongRefusals(own, final[table]),
			...wrongCreators(own, final[table]),
			...values,
		]
	})
	return [...wrong, ...orphans(events, final)]
}

/** An answer that contradicts its own question. */
function wrongAnswer(event: Event): string[] {
	// A repeat reads its row whatever it is by now.
	const wrong = event.by.length > 0 ? wrongColumns(event) : []
	return wrong.length > 0 ? [`another row than asked for, by ${wrong.join()}: ${show(event)}`] : []
}

/** A conflict over a value that nobody else had, or could have had by then. */
function wrongConflicts(events: readonly Event[]): string[] {
	const writers = Map.groupBy(
		events
			.filter((event) => mayWrite(event) || isUndoneTogether(event))
			.flatMap((event) =>
				Object.entries(event.asked).map(([column, value]) => ({ at: `${column} ${value}`, event })),
			),
		({ at }) => at,
	)
	return events.flatMap((event) => {
		const { told, asked, end } = event
		if (told.kind !== 'conflict') return []
		const unheld = told.keys.filter((column) => {
			// Whoever made the account need not know its id.
			const held = column === 'id' ? 'username' : column
			const known = writers.get(`${held} ${asked[held]}`) ?? []
			return !known.some(
				(writer) =>
					writer.event.start < end &&
					differs(writer.event, event) &&
					(mayWrite(writer.event) || writer.event.array === event.array),
			)
		})
		return unheld.length > 0 ? [`a conflict with nobody over ${unheld.join()}: ${show(event)}`] : []
	})
}

/** Of an array that was undone as a whole: until then its other rows met it. */
function isUndoneTogether({ told, array }: Event): boolean {
	return told.kind === 'undone' && array?.isAtomic === true
}

function differs(one: Event, other: Event): boolean {
	return other.by.some((column) => column !== 'id' && one.asked[column] !== other.asked[column])
}

/** Rows that are lost, or that have no creator, or two. */
function wrongCreators(events: readonly Event[], final: readonly StoredRow[]): string[] {
	const wrong: string[] = []
	const rows = new Map(final.map((row) => [row.id, row]))
	for (const event of events) {
		const key = KEY_OF[event.table]
		if (event.told.kind !== 'row') continue
		if (rows.get(event.told.row.id)?.[key] !== event.told.row[key]) wrong.push(`a lost row: ${show(event)}`)
	}
	for (const [key, about] of byKey(events)) {
		const found = final.filter((row) => keyOf(about, row) === key)
		const creators = about.filter(({ told }) => told.kind === 'row' && told.created)
		const unknown = about.filter(({ told }) => told.kind === 'unknown')
		if (found.length > 1) wrong.push(`${found.length} rows for ${key}`)
		if (creators.length > 1)
			wrong.push(`${creators.length} creators of ${key}: ${creators.map(show).join('; ')}`)
		if (found.length > 0 && creators.length + unknown.length === 0) {
			wrong.push(`no creator of ${key}: ${about.map(show).join('; ')}`)
		}
		for (const creator of creators) {
			const early = about.find(({ told, end }) => told.kind === 'row' && end < creator.start)
			if (early) wrong.push(`created after it was seen: ${show(creator)}; ${show(early)}`)
		}
	}
	return wrong
}

interface Span {
	start: number
	end: number
}

/** Updates that are lost, and reads of what was not there, or no more. */
function wrongHistories(events: readonly Event[], final: readonly StoredRow[], now: number): string[] {
	const wrong: string[] = []
	for (const [key, about] of byKey(events)) {
		const writes = Map.groupBy(about.filter(mayWrite), ({ asked, table }) => valueOf(table, asked))
		const reads = about.flatMap(({ told, table, start, end }) =>
			told.kind === 'row' && !told.created && !told.updated
				? [{ value: valueOf(table, told.row), start, end }]
				: [],
		)
		const last = final.flatMap((row) =>
			keyOf(about, row) === key && about[0]
				? [{ value: valueOf(about[0].table, row), start: now, end: now }]
				: [],
		)
		const zones: Zone[] = []
		for (const [value, readers] of Map.groupBy([...reads, ...last], (read) => read.value)) {
			const write = writerOf(writes.get(value) ?? [])
			if (!write) wrong.push(`${key} was read as ${value}, which nobody wrote`)
			else if (readers.some(({ end }) => end < write.start))
				wrong.push(`${key}: ${value} was read before it was written`)
			else zones.push(zoneOf(value, [write, ...readers]))
			writes.delete(value)
		}
		for (const [value, writers] of writes) {
			// One that nobody saw, and that nobody was told of, may never have been.
			const known = writers.filter(({ told }) => told.kind !== 'unknown')
			if (known.length > 0) zones.push(zoneOf(value, known))
		}
		wrong.push(...collisions(zones).map((collision) => `${key}: ${collision}`))
	}
	return wrong
}

/** Who wrote a value: whoever was told so; else one of those who don't know, at some time since the first of them. */
function writerOf(candidates: readonly Event[]): Span | undefined {
	const known = candidates.find(({ told }) => told.kind === 'row')
	if (known) return known
	if (candidates.length === 0) return undefined
	return { start: Math.min(...candidates.map(({ start }) => start)), end: Number.POSITIVE_INFINITY }
}

interface Zone {
	value: string
	from: number
	to: number
	/** The value was the row's own all the time between; else at some moment between. */
	isForward: boolean
}

function zoneOf(value: string, spans: readonly Span[]): Zone {
	const firstEnd = Math.min(...spans.map(({ end }) => end))
	const lastStart = Math.max(...spans.map(({ start }) => start))
	const [from, to] = [Math.min(firstEnd, lastStart), Math.max(firstEnd, lastStart)]
	return { value, from, to, isForward: firstEnd < lastStart }
}

function collisions(zones: readonly Zone[]): string[] {
	const forward = zones.filter(({ isForward }) => isForward).toSorted((a, b) => a.from - b.from)
	const backward = zones.filter(({ isForward }) => !isForward)
	return forward.flatMap((zone, at) => {
		const next = forward[at + 1]
		const inside = backward.filter(({ from, to }) => zone.from < from && to < zone.to)
		return [
			...(next && next.from < zone.to ? [`it was ${zone.value} and ${next.value} at once`] : []),
			...inside.map(({ value }) => `${value} was overwritten by the older ${zone.value}`),
		]
	})
}
