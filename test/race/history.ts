import { type Answer, faultOf } from '../faults/client.ts'
import { type Part, partsOfBook } from './holders.ts'
import { type Operation, sentOf } from './operation.ts'
import { breaksRule } from './rules.ts'

/** What a caller was told of one row. */
export type Told =
	| { kind: 'row'; row: StoredRow; created: boolean; updated: boolean }
	| { kind: 'conflict'; keys: readonly string[] }
	/** By a rule of the database: nothing was written. */
	| { kind: 'refused' }
	/** Not done, for the sake of another that was refused: of its atomic array, or that it holds or is held by. */
	| { kind: 'undone' }
	/** It may have been done, or be done yet. */
	| { kind: 'unknown' }

export type StoredRow = Readonly<Record<string, unknown>> & { id: number }

/** One row that somebody asked for, when (in milliseconds), and what the answer was. */
export interface Event {
	table: Operation['table']
	method: Operation['method']
	by: readonly string[]
	asked: Readonly<Record<string, unknown>>
	told: Told
	start: number
	end: number
	/** It was asked for as a part of another row: the author of a book. */
	isHeld: boolean
	/** Of the rows of one array, which are in its order: the array. */
	array?: Operation
	/** All of the array was told of one try, so that its rows were done in their order. */
	isOneTry: boolean
}

/** The rows that are there in the end, by table. */
export type Final = Readonly<Record<Operation['table'], readonly StoredRow[]>>

/** The column that never changes, and tells a row from another. */
export const KEY_OF = {
	users: 'email',
	accounts: 'username',
	counters: 'slug',
	authors: 'email',
	books: 'book',
} as const

/** What an answer says of one row. */
export interface Item {
	row?: StoredRow
	created?: boolean
	updated?: boolean
	references?: Readonly<Record<string, { row: StoredRow; created: boolean }>>
	problem?: Problem
}

interface Problem {
	status: number
	type?: string
	conflicts?: Conflict[]
	errors?: { pointer: string }[]
	refused?: { index: number; problem: Problem }[]
}

interface Conflict {
	key: string[]
}

/** When a caller asked first, when it asked the last time, and when it was told. */
interface Times {
	start: number
	last: number
	end: number
}

/** What an answer says of each row, in their order, or why it is none that a caller may get. */
export function eventsOf(operation: Operation, answer: Answer, times: Times): Event[][] | string {
	const { table, rows } = operation
	const hungUp = operation.patience !== undefined && answer.status === 0
	const fault = hungUp || isRefusedWhole(operation, answer) ? undefined : faultOf(answer)
	if (fault !== undefined) return fault
	if (answer.status === 500 && !isMisplaced(operation, answer)) return answer.text
	const items = itemsOf(operation, answer)
	if (items.length !== rows.length) return `${items.length} answers to ${rows.length} rows`
	const events: Event[][] = []
	for (const place of rows.keys()) {
		const isLacking = table === 'accounts' && lacksColumn(items[place])
		const isUnknown = isLacking || isGone(operation, items[place])
		const said = isUnknown ? { kind: 'unknown' as const } : toldOf(items[place])
		const told = said?.kind === 'unknown' && isDoomed(operation) ? { kind: 'undone' as const } : said
		if (told === undefined) return `no answer to a row: ${JSON.stringify(items[place])}`
		const parts = partsOf(operation, place, told, items[place])
		if (typeof parts === 'string') return parts
		const { start } = times
		const end = told.kind === 'unknown' ? Number.POSITIVE_INFINITY : times.end
		// Of an array that was asked for again some rows may be told of the first try and others, which got 503, of the last.
		const isOneTry = times.last === times.start
		const array = operation.isArray ? { array: operation, isOneTry } : { isOneTry }
		events.push(
			parts.flatMap((part) => {
				const event: Event = { ...part, start, end, ...array }
				return isLate(operation, answer, event) ? replayedEvents(event, times) : [event]
			}),
		)
	}
	return events
}

function partsOf(operation: Operation, place: number, told: Told, item: Item = {}): Part[] | string {
	const { table, method, rows } = operation
	if (table === 'books') return partsOfBook(operation, place, told, item)
	const by = operation.by ?? defaultBy(method, table, sentOf(operation, place))
	return [{ table, method, by, asked: rows[place] ?? {}, told, isHeld: false }]
}

/** The service too may have asked again, under the key, where its own first try was lost: a counter doesn't show that. */
function isLate({ key }: Operation, answer: Answer, event: Event): boolean {
	if (isReplayed(answer)) return true
	return key !== undefined && (event.table === 'counters' || wrongColumns(event).length > 0)
}

/** A repeat is told what was done under its key, at some time since it was first asked for, and shows the row as it is now. */
function replayedEvents(event: Event, { last, end }: Times): Event[] {
	const { told, asked } = event
	if (told.kind !== 'row') return [event]
	const { row, created, updated } = told
	const reads: Event = {
		...event,
		by: [],
		told: { ...told, created: false, updated: false },
		start: last,
		end,
	}
	if (!created && !updated) return [reads]
	// What a counter was when it was added to isn't known.
	const then = event.table === 'counters' ? { slug: asked['slug'] } : asked
	return [{ ...event, told: { ...told, row: { id: row.id, ...then } } }, reads]
}

/** The columns in which an answer contradicts its own question. */
export function wrongColumns({ table, told, by, asked, method }: Event): string[] {
	if (told.kind !== 'row') return []
	const isWritten = table !== 'counters' && (told.created || method === 'PUT')
	const binding = isWritten ? Object.keys(asked) : by
	return binding.filter((column) => told.row[column] !== asked[column])
}

export function isReplayed({ headers }: Answer): boolean {
	return headers.get('idempotency-replayed') === 'true'
}

/**
 * A repeat of who found a row by its name alone: the name may be another by now, and then nothing tells that the row with
 * its id is still the same.
 */
export function isGone({ key, by }: Operation, { problem }: Item = {}): boolean {
	return key !== undefined && by?.join() === 'name' && problem?.status === 404
}

/** While accounts lack a column their callers are told so; those of users never are. */
export function isMisplaced(operation: Operation, answer: Answer): boolean {
	return operation.table === 'accounts' && itemsOf(operation, answer).some(lacksColumn)
}

function lacksColumn({ problem }: Item = {}): boolean {
	return problem?.status === 500 && problem.type === '/problems/misconfigured'
}

/** Nothing was done of an array, for rows of it were refused. */
export function isRefusedWhole({ isAtomic }: Operation, { status, body }: Answer): boolean {
	return isAtomic && status === 422 && (body as Problem).type === '/problems/batch-refused'
}

/** Nothing of it can have been done, whatever its caller was told: it is all or none, and has a name that is refused always. */
function isDoomed({ isAtomic, rows }: Operation): boolean {
	return (
		isAtomic &&
		rows.some(({ username, title, authorId }) =>
			[{ username }, { book: title }, { ...(authorId as object | undefined) }].some(breaksRule),
		)
	)
}

/** Whether it says of no row, or of some, that nobody knows. */
export function leavesUnknown({ status, body }: Answer): boolean {
	if (status === 0 || status >= 503) return true
	return Array.isArray(body) && body.some((item: Item) => (item.problem?.status ?? 0) >= 503)
}

/** What a repeat of the same request is told again. */
export function flagsOf(
	operation: Operation,
	answer: Answer,
): {
	created?: boolean | undefined
	updated?: boolean | undefined
	held: boolean | undefined
	status: number | undefined
	isGone: boolean
}[] {
	return itemsOf(operation, answer).map((item) => {
		const { created, updated, references, problem } = item
		const held = references?.['authorId']?.created
		return { created, updated, held, status: problem?.status, isGone: isGone(operation, item) }
	})
}

/** POST asks by all that it says, PUT by the primary key in it, or else by the unique keys. */
function defaultBy(method: Operation['method'], table: Operation['table'], sent: object): string[] {
	if (method === 'POST' || table !== 'accounts') return Object.keys(sent)
	return 'id' in sent ? ['id'] : ['username']
}

function itemsOf(operation: Operation, answer: Answer): Item[] {
	const { isArray, rows } = operation
	const { status, body } = answer
	if (isArray && status === 200) return body as Item[]
	if (isRefusedWhole(operation, answer)) {
		const whole = body as Problem
		return rows.map((_, place) => ({
			problem: whole.refused?.find(({ index }) => index === place)?.problem ?? whole,
		}))
	}
	const problem = { ...(body as Item['problem']), status }
	return rows.map(() => (status === 200 || status === 201 ? (body as Item) : { problem }))
}

function toldOf({ row, created, updated, problem }: Item = {}): Told | undefined {
	if (row && created !== undefined) return { kind: 'row', row, created, updated: updated ?? false }
	switch (problem?.status) {
		case 409:
			return { kind: 'conflict', keys: (problem.conflicts ?? []).flatMap(({ key }) => key) }
		case 422:
			if (problem.type === '/problems/batch-refused') return { kind: 'undone' }
			return problem.type === '/problems/invalid-row' ? { kind: 'refused' } : undefined
		// It can't be told which of its tries were lost on the way back: see `Failure`.
		case 503:
		case 504:
		case 0:
			return { kind: 'unknown' }
		default:
			return undefined
	}
}
