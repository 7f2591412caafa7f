import { HTTPException } from 'hono/http-exception'
import { DatabaseError, type Failure } from '../../database/failure'
import {
	ConflictError,
	GoneError,
	IdempotencyMismatchError,
	InvalidRowError,
	NotAUniqueKeyError,
} from '../../get-or-create/errors'
import { causeOf, countRow, type Notes } from '../log'
import { MisconfiguredError } from '../misconfigured'
import { isLimited, noMoreCalls } from './limited'
import { Problem } from './problem'

const RETRY_AFTER_SECONDS = '1'

/** The one place where what went wrong becomes what a caller is told. */
export function problemOf(error: unknown): Problem {
	if (error instanceof Problem) return error
	if (isLimited(error)) return noMoreCalls()
	if (error instanceof DatabaseError) return databaseProblem(error.failure)
	if (error instanceof MisconfiguredError) return misconfigured()
	if (error instanceof ConflictError) return conflictProblem(error)
	if (error instanceof InvalidRowError) {
		return new Problem('invalid-row', 'The row is not valid; nothing was written.', { errors: error.faults })
	}
	if (error instanceof NotAUniqueKeyError) {
		return new Problem('not-a-unique-key', `${error.message}.`, { keys: error.keys })
	}
	if (error instanceof IdempotencyMismatchError) {
		return new Problem('idempotency-mismatch', 'Under this key another request was made before.')
	}
	if (error instanceof GoneError) {
		return new Problem('not-found', 'The row that was asked for under this key is no longer there.')
	}
	// Hono's bearerAuth refuses an unreadable header with 400; to a caller both mean that a token is needed.
	if (error instanceof HTTPException && (error.status === 401 || error.status === 400)) {
		const detail = 'Send an Authorization header with a valid bearer token.'
		return new Problem('unauthorized', detail, {}, { 'WWW-Authenticate': 'Bearer' })
	}
	return new Problem('internal', 'The request failed through no fault of yours.')
}

/** What a caller is told of the failure of a whole request, noted for the log. */
export function notedProblem(notes: Notes, error: unknown): Problem {
	const problem = problemOf(error)
	notes.outcome = problem.slug
	noteCause(notes, problem, error)
	return problem
}

/** The same of one of many rows, which is counted. */
export function countedProblem(notes: Notes, error: unknown): Problem {
	const problem = problemOf(error)
	countRow(notes, problem.slug)
	noteCause(notes, problem, error)
	return problem
}

/** Only what is not the caller's fault has a cause to look into. */
function noteCause(notes: Notes, { status }: Problem, error: unknown): void {
	if (status >= 500) notes.cause ??= causeOf(error)
}

function conflictProblem({ conflicts }: ConflictError): Problem {
	const keys = conflicts.map(({ key }) => key.join(', ')).join('; ')
	const detail = keys ? `Another row holds the same ${keys}.` : 'Another row stands in the way.'
	return new Problem('conflict', `${detail} Nothing was written.`, { conflicts })
}

function databaseProblem(failure: Failure): Problem {
	switch (failure) {
		case 'rejected':
		case 'unreachable':
		case 'interrupted':
		case 'limited':
		case 'blocked':
		case 'full': {
			const detail = 'The database cannot be reached or is too busy.'
			return new Problem('database-unavailable', detail, {}, { 'Retry-After': RETRY_AFTER_SECONDS })
		}
		case 'unknown':
			return new Problem('database-timeout', 'The database gave no answer: the row may be there or not.')
		case 'denied':
		case 'absent':
		case 'unmigrated':
		case 'unproven':
			return misconfigured()
		case 'ended':
		case 'commit-refused':
		case 'too-large':
		case 'unparsable':
		case 'unreadable':
		case 'constraint':
		case 'broken':
			return new Problem('internal', 'The request failed through no fault of yours.')
	}
}

function misconfigured(): Problem {
	return new Problem('misconfigured', 'The service is not configured; its log says what is missing.')
}
