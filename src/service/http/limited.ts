import { DatabaseError } from '../../database/failure'
import type { Outcome } from '../../get-or-create/outcome'
import { Problem } from './problem'

/** The runtime did not let the request make a call: it had made as many as it may. */
export function isLimited(error: unknown): error is DatabaseError {
	return error instanceof DatabaseError && error.failure === 'limited'
}

/** Why rows have no answer: their request could not ask for them. Nothing where it got a row for one of them. */
export function limitOf(outcomes: readonly Outcome[]): DatabaseError | undefined {
	if (outcomes.some(({ kind }) => kind === 'row')) return undefined
	return outcomes.flatMap((outcome) => (outcome.kind === 'error' ? [outcome.error] : [])).find(isLimited)
}

/** `line` is the first of a stream that has no answer. */
export function noMoreCalls(line?: number): Problem {
	const next = line === undefined ? 'ask again' : `go on with line ${line}`
	return new Problem(
		'database-unavailable',
		`This request may make no more calls: ${next} in a new one.`,
		{},
		{ 'Retry-After': '1' },
	)
}
