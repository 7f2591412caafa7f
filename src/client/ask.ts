import { type Answer, attempt, type Connection, isObject, type Question } from './attempt'
import { ConnectionError, ProblemError } from './problem-error'
import { now, pause, scoped } from './signals'

/** The first pause is at most so long, and each further one at most twice as long as the last. */
const BACKOFF_MS = 100
const MAX_BACKOFF_MS = 5000
/** How long the first attempt may take; each further one may take as much longer. */
const PATIENCE_MS = 10_000

export interface Limits {
	/** By `now()`. */
	deadline: number
	signal: AbortSignal | undefined
}

/**
 * Asks until there is an answer, for each of many rows too, or the deadline is near: always the same bytes under the
 * same key, so that nothing is done twice. Without a key only what was surely not done is asked again.
 * @throws what `attempt` throws, and the reason of the signal.
 */
export async function ask<T>(
	connection: Connection,
	question: Question<T>,
	{ deadline, signal }: Limits,
): Promise<Answer<T>> {
	const isExact = question.method === 'GET' || question.key !== undefined
	let best: Answer<T> | undefined
	for (let tries = 1; ; tries++) {
		let error: unknown
		try {
			const limit = Math.min(deadline - now(), PATIENCE_MS * tries)
			const answer = await scoped(
				signal,
				async (inner) =>
					await Promise.race([attempt(connection, question, inner), noAnswerWithin(limit, inner)]),
			)
			best = settled(question, answer, best)
			if (!isExact || !needsMore(best.json)) return best
		} catch (caught) {
			signal?.throwIfAborted()
			error = caught
		}
		const wait = error === undefined || mayPass(error, isExact) ? pauseAfter(error, tries) : Infinity
		if (now() + wait >= deadline) {
			if (best) return best
			throw error
		}
		await scoped(signal, async (inner) => await pause(wait, inner))
	}
}

async function noAnswerWithin(ms: number, signal: AbortSignal): Promise<never> {
	await pause(ms, signal)
	throw new ConnectionError('There was no answer in time.')
}

/** Whether it makes sense to ask again after it: where something may have been done, only if that is not done twice. */
function mayPass(error: unknown, isExact: boolean): boolean {
	if (error instanceof ProblemError) return isTemporary(error.status, isExact)
	if (!(error instanceof ConnectionError)) return false
	// A redirect has the status 0 in browsers, and 3xx elsewhere.
	const { status = 200 } = error
	return status === 429 || (isExact && status >= 200 && (status < 300 || status >= 500))
}

/** A 429 says that nothing was done; after the others nobody knows. */
function isTemporary(status: number, isExact: boolean): boolean {
	return status === 429 || (isExact && (status === 503 || status === 504))
}

/** Callers who were refused together don't come back together. */
function pauseAfter(error: unknown, tries: number): number {
	const isTold = error instanceof ProblemError || error instanceof ConnectionError
	const backoff = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (tries - 1))
	return (isTold ? error.retryAfter * 1000 : 0) + Math.random() * backoff
}

/** Of many rows, those that had no answer now may have had one before. */
function settled<T>(
	{ isAnswer }: Question<T>,
	answer: Answer<T>,
	{ json: earlier }: Partial<Answer<T>> = {},
): Answer<T> {
	if (!Array.isArray(answer.json) || !Array.isArray(earlier)) return answer
	const json = answer.json.map((item: unknown, i): unknown => (isUnsettled(item) ? earlier[i] : item))
	return isAnswer(json) ? { ...answer, json } : answer
}

function needsMore(json: unknown): boolean {
	return Array.isArray(json) && json.some(isUnsettled)
}

/** An item whose problem may have passed when it is asked for again. */
function isUnsettled(item: unknown): boolean {
	return (
		isObject(item) &&
		'problem' in item &&
		isObject(item.problem) &&
		'status' in item.problem &&
		isTemporary(Number(item.problem.status), true)
	)
}
