import type { Client } from '@libsql/client/http'
import { classify, DatabaseError, type Failure, isUncertain } from './failure'

/** SQL with its parameters, all of them text. */
export interface Statement {
	sql: string
	args: string[]
}

/** A value as libSQL sends it. */
export type DriverValue = null | string | number | bigint | ArrayBuffer
export type Rows = DriverValue[][]

/** Runs statements in one transaction and one round trip, and waits until `deadline` (epoch milliseconds) at most. */
export type Batch = (statements: Statement[], mode: Mode, deadline: number) => Promise<Rows[]>

/** `write` takes the write lock at once (BEGIN IMMEDIATE), so that a transaction can't lose it half-way. */
export type Mode = 'write' | 'read'

export interface Sent {
	/** The rows of each statement. */
	results: Rows[]
	/** How an earlier try failed, which may have been committed: what this one found there may be that try's doing. */
	doubt: Failure | undefined
	/** How many such tries there were. */
	repeats: number
}

/** Tries after a broken connection. More would only keep the caller waiting for a database that is gone. */
const MAX_REPEATS = 2
const FIRST_BACKOFF_MS = 20
const MAX_BACKOFF_MS = 500

/** With less time left than this a try would likely end without an answer, and make a plain "busy" uncertain. */
const LAST_TRY_MS = 50

/**
 * Sends a transaction until it is answered or `deadline` (in epoch milliseconds) has come. A busy database is asked
 * again, with jittered backoff; a lost connection or a senseless answer twice, with the statements for such a repeat.
 * `doubt` is how a try of the caller's own failed before.
 * @throws DatabaseError
 */
export async function send(
	batch: Batch,
	statementsFor: (repeats: number) => Statement[],
	mode: Mode,
	deadline: number,
	doubt?: Failure,
): Promise<Sent> {
	let earlier = doubt
	let repeats = doubt ? 1 : 0
	for (let attempt = 0; ; attempt++) {
		try {
			return { results: await batch(statementsFor(repeats), mode, deadline), doubt: earlier, repeats }
		} catch (error) {
			const { failure, cause } = classify(error)
			const uncertain = isUncertain(failure)
			if (uncertain) repeats++
			// Full jitter, as in "Exponential Backoff and Jitter" (AWS Architecture Blog).
			const backoff = Math.random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt)
			const again = failure === 'rejected' || (uncertain && repeats <= MAX_REPEATS)
			if (!again || Date.now() + backoff + LAST_TRY_MS >= deadline) {
				// "Busy" or "unreachable" at last, after a try that failed otherwise, would hide that it may have been committed.
				const hides = (again || uncertain) && earlier !== undefined && earlier !== failure
				throw new DatabaseError(hides ? 'unknown' : failure, cause, earlier)
			}
			if (uncertain) earlier = failure
			await new Promise((resolve) => setTimeout(resolve, backoff))
		}
	}
}

/** A batch over any libSQL client. */
export function batchOf(client: Pick<Client, 'batch'>): Batch {
	return async (statements, mode, deadline) => {
		const results = await within(client.batch(statements, mode), deadline)
		return results.map(({ rows }) => rows.map((row) => Array.from(row)))
	}
}

/** For what knows no deadline: it is left behind when the time is up. @throws DatabaseError */
export async function within<T>(work: Promise<T>, deadline: number): Promise<T> {
	let timer: ReturnType<typeof setTimeout> | undefined
	const timeout = new Promise<never>((_, reject) => {
		const late = () => reject(new DatabaseError('unknown', 'timeout'))
		timer = setTimeout(late, Math.max(1, deadline - Date.now()))
	})
	try {
		return await Promise.race([work, timeout])
	} finally {
		clearTimeout(timer)
	}
}
