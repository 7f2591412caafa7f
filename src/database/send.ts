import { classify, DatabaseError, type Failure, isUncertain, type Said } from './failure'

/** SQL with its parameters, all of them text. */
export interface Statement {
	sql: string
	args: readonly string[]
}

/** Statements that stand or fall together: where one fails nothing of the unit remains, and the transaction goes on. */
export interface Unit {
	statements: readonly Statement[]
	/** Other units, by their places: where one of them did not go well, this one is left out. */
	after?: readonly number[] | undefined
	/**
	 * Units that follow each other and have the same one are a group: where one of them does not go well, nothing of any
	 * of them remains, though each has its own result. It is the place of the first of them.
	 */
	group?: number | undefined
	/**
	 * Units that follow each other in a group and have the same one are of one row: where one of them does not go well,
	 * nothing of any of them is there for the rows after it, which are tried all the same.
	 */
	row?: number | undefined
	/** Asked where the unit failed: what it was. */
	why?: readonly Statement[] | undefined
}

/** Units that stand or fall together, and the place of the first. */
export interface UnitRun {
	start: number
	units: readonly Unit[]
}

/** What units stand or fall together in. */
export type Level = 'group' | 'row'

/** The groups among units, or the rows among those of a group; a unit that is in none is one by itself. */
export function runsOf(units: readonly Unit[], of: Level): UnitRun[] {
	const isFirst = (place: number) => {
		const run = units[place]?.[of]
		return run === undefined || units[place - 1]?.[of] !== run
	}
	const starts = [...units.keys()].filter(isFirst)
	return starts.map((start, i) => ({ start, units: units.slice(start, starts[i + 1]) }))
}

/** What became of a unit, as plain data: it goes from the GroupCommit object to its isolates. */
export type UnitResult =
	/** The rows of each of its statements. */
	| { kind: 'done'; rows: Rows[] }
	/** `at` is the place of the statement that failed, beyond the last for COMMIT; `why` has the rows of what was asked. */
	| { kind: 'failed'; at: number; error: Said; why: Rows[] }
	/** Left out, for a unit before it did not go well. */
	| { kind: 'skipped' }

/** A value as libSQL sends it; NaN is one that can't be read. */
export type DriverValue = null | string | number | bigint | ArrayBuffer
export type Rows = DriverValue[][]

/** Runs units in one round trip, and waits until `deadline` (epoch milliseconds) at most. */
export type Batch = (units: readonly Unit[], mode: Mode, deadline: number) => Promise<UnitResult[]>

/**
 * `write`: in one transaction that takes the write lock at once (BEGIN IMMEDIATE), so that it can't lose it half-way;
 * `each`: the same, but each unit in a transaction of its own; `read`: each in one that writes nothing.
 */
export type Mode = 'write' | 'each' | 'read'

export interface Sent {
	results: UnitResult[]
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
 * Sends units until they are answered or `deadline` (in epoch milliseconds) has come. A busy database is asked
 * again, with jittered backoff; a lost connection or a senseless answer twice, with the units for such a repeat.
 * @throws DatabaseError
 */
export async function send(
	batch: Batch,
	unitsFor: (repeats: number) => readonly Unit[],
	mode: Mode,
	deadline: number,
): Promise<Sent> {
	let earlier: Failure | undefined
	let repeats = 0
	for (let attempt = 0; ; attempt++) {
		try {
			return { results: await batch(unitsFor(repeats), mode, deadline), doubt: earlier, repeats }
		} catch (error) {
			const { failure, cause, unit } = classify(error)
			const uncertain = isUncertain(failure)
			if (uncertain) repeats++
			// Full jitter, as in "Exponential Backoff and Jitter" (AWS Architecture Blog).
			const backoff = Math.random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt)
			const again = failure === 'rejected' || (uncertain && repeats <= MAX_REPEATS)
			if (!again || Date.now() + backoff + LAST_TRY_MS >= deadline) {
				// "Busy" or "unreachable" at last, after a try that failed otherwise, would hide that it may have been committed.
				const hides = (again || uncertain) && earlier !== undefined && earlier !== failure
				throw new DatabaseError(hides ? 'unknown' : failure, cause, { doubt: earlier, unit })
			}
			if (uncertain) earlier = failure
			await new Promise((resolve) => setTimeout(resolve, backoff))
		}
	}
}

/** The rows of statements that nothing but a fault of ours can refuse. @throws DatabaseError */
export async function query(
	batch: Batch,
	statements: readonly Statement[],
	mode: Mode,
	deadline: number,
): Promise<Rows[]> {
	const { results } = await send(batch, () => [{ statements }], mode, deadline)
	return rowsOfLast(results)
}

/** What the last of units gave. @throws DatabaseError where that failed. */
export function rowsOfLast(results: readonly UnitResult[]): Rows[] {
	const result = results.at(-1)
	if (result?.kind === 'done') return result.rows
	throw classify(result?.kind === 'failed' ? saidError(result.error) : new Error('a unit without a result'))
}

/** What the database said, as an error: to be classified, never to be shown. */
export function saidError({ code, message }: Said): Error {
	return Object.assign(new Error(message), { code })
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
