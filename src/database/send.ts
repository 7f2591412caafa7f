import type { Client } from '@libsql/client/http'
import { classify, DatabaseError } from './failure'

/** SQL with its parameters, all of them text. */
export interface Statement {
	sql: string
	args: string[]
}

/** A value as libSQL sends it. */
export type DriverValue = null | string | number | bigint | ArrayBuffer
export type Rows = DriverValue[][]

/** Runs statements in one transaction and one round trip, and stops waiting when the signal says so. */
export type Batch = (statements: Statement[], mode: Mode, signal: AbortSignal) => Promise<Rows[]>

/** `write` takes the write lock at once (BEGIN IMMEDIATE), so that a transaction can't lose it half-way. */
export type Mode = 'write' | 'read'

export interface Sent {
	/** The rows of each statement. */
	results: Rows[]
	/** An earlier try got no answer: what this one found there may be that try's doing. */
	repeated: boolean
}

/** Tries after a broken connection. More would only keep the caller waiting for a database that is gone. */
const MAX_REPEATS = 2
const FIRST_BACKOFF_MS = 20
const MAX_BACKOFF_MS = 500

/**
 * Sends a transaction that may be repeated, until it is answered or `deadline` (in epoch milliseconds) has come.
 * A busy database is asked again, with jittered backoff; a lost connection or a senseless answer twice.
 * @throws DatabaseError
 */
export async function send(
	batch: Batch,
	statements: Statement[],
	mode: Mode,
	deadline: number,
): Promise<Sent> {
	let repeats = 0
	for (let attempt = 0; ; attempt++) {
		try {
			const signal = AbortSignal.timeout(Math.max(1, deadline - Date.now()))
			return { results: await batch(statements, mode, signal), repeated: repeats > 0 }
		} catch (error) {
			const { failure } = classify(error)
			const uncertain = failure === 'unreachable' || failure === 'unknown'
			if (uncertain) repeats++
			// Full jitter, as in "Exponential Backoff and Jitter" (AWS Architecture Blog).
			const backoff = Math.random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt)
			const again = failure === 'rejected' || (uncertain && repeats <= MAX_REPEATS)
			if (!again || Date.now() + backoff >= deadline) throw classify(error)
			await new Promise((resolve) => setTimeout(resolve, backoff))
		}
	}
}

/** A batch over any libSQL client, which knows no signal: it is left behind when the time is up. */
export function batchOf(client: Pick<Client, 'batch'>): Batch {
	return async (statements, mode, signal) => {
		const timeout = new Promise<never>((_, reject) => {
			signal.addEventListener('abort', () => reject(new DatabaseError('unknown', 'timeout')))
		})
		const results = await Promise.race([client.batch(statements, mode), timeout])
		return results.map(({ rows }) => rows.map((row) => Array.from(row)))
	}
}
