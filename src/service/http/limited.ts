import type { DatabaseError } from '../../database/failure'
import type { Outcome } from '../../get-or-create/outcome'
import { Problem } from './problem'

/** Why rows have no answer: the runtime lets their request make no more calls. Nothing where it got a row for one of them. */
export function limitOf(outcomes: readonly Outcome[]): DatabaseError | undefined {
	if (outcomes.some(({ kind }) => kind === 'row')) return undefined
	const errors = outcomes.flatMap((outcome) => (outcome.kind === 'error' ? [outcome.error] : []))
	return errors.find(
		(error): error is DatabaseError => error.kind === 'database' && error.failure === 'limited',
	)
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
