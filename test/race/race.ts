import { ask } from '../faults/client.ts'
import type { Stage } from '../faults/stage.ts'
import { violationsOf } from './checker.ts'
import { makeTrouble } from './faults.ts'
import { type Event, eventsOf, type Final, type StoredRow } from './history.ts'
import { type Operation, operationsOf } from './operation.ts'

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
	troubles: Record<string, number>
	/** What must not be: nothing. */
	violations: string[]
}

/** Lets callers race for rows while everything goes wrong, and holds what they were told against what is there in the end. */
export async function race(stage: Stage, { seed, seconds, callers }: RaceOptions): Promise<Report> {
	const ends = AbortSignal.timeout(seconds * 1000)
	const events: Event[] = []
	const unexpected: string[] = []
	let requests = 0
	const callerOf = async (caller: number): Promise<void> => {
		const origin = stage.workers[caller % stage.workers.length]?.origin ?? ''
		for (const operation of operationsOf(seed, caller)) {
			if (ends.aborted) return
			requests++
			const told = await perform(origin, operation)
			if (typeof told === 'string') unexpected.push(told)
			else events.push(...told)
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
		troubles,
		violations: [...unexpected, ...violationsOf(events, await finalOf(stage), performance.now())],
	}
}

async function perform(origin: string, operation: Operation): Promise<Event[] | string> {
	const { table, method, by, rows, isArray, patience } = operation
	const start = performance.now()
	const answer = await ask(
		origin,
		{ method, path: `/${table}${by ? `?by=${by.join()}` : ''}`, body: isArray ? rows : rows[0] },
		patience === undefined ? undefined : AbortSignal.timeout(patience),
	)
	return eventsOf(operation, answer, start, performance.now())
}

function nameOf({ told }: Event): 'created' | 'updated' | 'found' | 'conflict' | 'unknown' {
	if (told.kind !== 'row') return told.kind
	if (told.created) return 'created'
	return told.updated ? 'updated' : 'found'
}

/** What the database has, in the words of the answers. */
async function finalOf(stage: Stage): Promise<Final> {
	const accounts = await stage.query<StoredRow & { lastLogin: number | null; isSuperuser: number }>(
		'SELECT id, username, last_login AS lastLogin, is_superuser AS isSuperuser FROM accounts',
	)
	return {
		users: await stage.query<StoredRow>('SELECT id, name, email FROM users'),
		accounts: accounts.map(({ lastLogin, isSuperuser, ...row }) => ({
			...row,
			lastLogin: lastLogin === null ? null : new Date(lastLogin * 1000).toISOString(),
			isSuperuser: isSuperuser === 1,
		})),
	}
}
