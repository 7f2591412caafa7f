import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Answer, ask } from '../faults/client.ts'
import type { Stage } from '../faults/stage.ts'
import { violationsOf } from './checker.ts'
import { makeTrouble } from './faults.ts'
import {
	type Event,
	eventsOf,
	type Final,
	flagsOf,
	isMisplaced,
	isRefusedWhole,
	isReplayed,
	leavesUnknown,
	type StoredRow,
} from './history.ts'
import { nameOf as bookOf } from './holders.ts'
import { named, type Operation, pathOf, sentOf } from './operation.ts'
import { operationsOf } from './operations.ts'
import { RULES } from './rules.ts'
import { TABLES } from './tables.ts'

/** The Worker whose callers race. */
export const RACED = 'test/race/workers/raced.ts'

export interface RaceOptions {
	seed: number
	seconds: number
	/** Callers ask one thing after the other, each of one of the stage's processes. */
	callers: number
}

export interface Report {
	requests: number
	rows: number
	created: number
	updated: number
	conflicts: number
	unknown: number
	/** Rows that the database refused. */
	refused: number
	/** Rows that were not done for the sake of another. */
	undone: number
	/** Authors who were made with a book. */
	held: number
	/** Adds to a counter. */
	added: number
	/** Rows that were read by a repeat. */
	replayed: number
	troubles: Record<string, number>
	/** What must not be: nothing. */
	violations: string[]
}

/** Lets callers race for rows while everything goes wrong, and holds what they were told against what is there in the end. */
export async function race(stage: Stage, { seed, seconds, callers }: RaceOptions): Promise<Report> {
	for (const statement of [...TABLES, ...RULES]) await stage.query(statement)
	const ends = AbortSignal.timeout(seconds * 1000)
	const events: Event[] = []
	const unexpected: string[] = []
	/** Of accounts, by their usernames, as far as anybody was told. */
	const ids = new Map<unknown, number>()
	let requests = 0
	const callerOf = async (caller: number): Promise<void> => {
		const origin = stage.workers[caller % stage.workers.length]?.origin ?? ''
		for (const operation of operationsOf(seed, caller)) {
			if (ends.aborted) return
			requests++
			const told = await perform(origin, named(operation, ids))
			if (typeof told === 'string') {
				unexpected.push(told)
				continue
			}
			events.push(...told)
			for (const { told: answer } of told) {
				if (answer.kind === 'row') ids.set(answer.row['username'], answer.row.id)
			}
		}
	}
	const [troubles] = await Promise.all([
		makeTrouble(seed, stage, ends),
		...Array.from({ length: callers }, async (_, caller) => await callerOf(caller)),
	])
	const told = Object.groupBy(events, (event) => nameOf(event))
	return {
		requests,
		rows: events.length,
		created: told.created?.length ?? 0,
		updated: told.updated?.length ?? 0,
		conflicts: told.conflict?.length ?? 0,
		unknown: told.unknown?.length ?? 0,
		refused: told.refused?.length ?? 0,
		undone: told.undone?.length ?? 0,
		held: told.created?.filter(({ isHeld }) => isHeld).length ?? 0,
		added: told.updated?.filter(({ table }) => table === 'counters').length ?? 0,
		replayed: events.filter(({ by }) => by.length === 0).length,
		troubles,
		violations: [...unexpected, ...violationsOf(events, await finalOf(stage), performance.now())],
	}
}

/** Tries under a key after which even a patient caller gives up, and knows nothing. */
const MAX_TRIES = 20
const PAUSE_MS = 100

/** Asks, under a key until it is told. Returns what it was told, or what is wrong with that. */
async function perform(origin: string, operation: Operation): Promise<Event[] | string> {
	const { table, asksAgain, patience } = operation
	const maxTries = operation.key === undefined ? 1 : MAX_TRIES
	const start = performance.now()
	let answer = await tryOnce(origin, operation, patience)
	let last = start
	// A row of an array that could not be written would be written by a repeat, after those behind it that could.
	const isOpen = () => leavesUnknown(answer) && !isMisplaced(operation, answer)
	for (let tries = 1; tries < maxTries && isOpen(); tries++) {
		await sleep(PAUSE_MS)
		last = performance.now()
		answer = await tryOnce(origin, operation)
	}
	const events = eventsOf(operation, answer, { start, last, end: performance.now() })
	if (!asksAgain || typeof events === 'string' || leavesUnknown(answer) || isMisplaced(operation, answer))
		return typeof events === 'string' ? events : events.flat()
	const asked = performance.now()
	const again = await tryOnce(origin, operation)
	if (leavesUnknown(again) || isMisplaced(operation, again)) return events.flat()
	const repeated = eventsOf(operation, again, { start, last: asked, end: performance.now() })
	if (typeof repeated === 'string') return repeated
	const [before = [], after = []] = [answer, again].map((each) => flagsOf(operation, each))
	// Of a row that was refused nothing is kept, its key neither: it was asked for anew.
	const isAnew = before.map(
		({ status }) =>
			isRefusedWhole(operation, answer) || status === 422 || (status === 409 && table === 'books'),
	)
	const kept = before.map((_, place) => !isAnew[place] && !after[place]?.isGone)
	const isSame = before.every((told, place) => !kept[place] || isDeepStrictEqual(told, after[place]))
	if (!isSame || (kept.includes(true) && !isReplayed(again))) {
		const flags = JSON.stringify([before, after])
		return `a repeat was told otherwise: ${flags} of ${JSON.stringify(operation)}`
	}
	// What it did is told once; what it read then counts too.
	const more = repeated.flatMap((row, place) =>
		isAnew[place] ? row : row.filter(({ by }) => by.length === 0),
	)
	return [...events.flat(), ...more]
}

async function tryOnce(origin: string, operation: Operation, patience?: number): Promise<Answer> {
	const { method, isArray, key } = operation
	const rows = operation.rows.map((_, place) => sentOf(operation, place))
	return await ask(
		origin,
		{
			method,
			path: pathOf(operation),
			body: isArray ? rows : rows[0],
			headers: key === undefined ? {} : { 'idempotency-key': key },
		},
		patience === undefined ? undefined : AbortSignal.timeout(patience),
	)
}

function nameOf({ told }: Event): 'created' | 'updated' | 'found' | Exclude<Event['told']['kind'], 'row'> {
	if (told.kind !== 'row') return told.kind
	if (told.created) return 'created'
	return told.updated ? 'updated' : 'found'
}

/** What the database has, in the words of the answers. */
async function finalOf(stage: Stage): Promise<Final> {
	const accounts = await stage.query<StoredRow & { lastLogin: number | null; isSuperuser: number }>(
		'SELECT id, username, last_login AS lastLogin, is_superuser AS isSuperuser FROM accounts',
	)
	const books = await stage.query<StoredRow & { title: string; email: string }>(
		`SELECT b.id, b.title, b.author_id AS authorId, b.pages, a.email
			FROM books AS b LEFT JOIN authors AS a ON a.id = b.author_id`,
	)
	return {
		counters: await stage.query<StoredRow>('SELECT id, slug, n FROM counters'),
		authors: await stage.query<StoredRow>('SELECT id, name, email FROM authors'),
		books: books.map(({ title, email, ...row }) => ({ ...row, book: bookOf(title, email) })),
		users: await stage.query<StoredRow>('SELECT id, name, email FROM users'),
		accounts: accounts.map(({ lastLogin, isSuperuser, ...row }) => ({
			...row,
			lastLogin: lastLogin === null ? null : new Date(lastLogin * 1000).toISOString(),
			isSuperuser: isSuperuser === 1,
		})),
	}
}
