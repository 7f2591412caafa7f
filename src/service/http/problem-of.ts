import { HTTPException } from 'hono/http-exception'
import { DatabaseError, type Failure } from '../../database/failure'
import { type ConflictError, isRowError, type RowError } from '../../get-or-create/errors'
import { UnreadableError } from '../../get-or-create/read-value'
import { causeOf, countRow, type LogFields } from '../log'
import { MisconfiguredError } from '../misconfigured'
import { noMoreCalls } from './limited'
import { Problem } from './problem'

const RETRY_AFTER_SECONDS = '1'

/** The one place where what went wrong becomes what a caller is told. */
export function problemOf(error: unknown): Problem {
	if (error instanceof Problem) return error
	if (isKnown(error)) return problemOfKnown(error)
	// Hono's bearerAuth refuses an unreadable header with 400; to a caller both mean that a token is needed.
	if (error instanceof HTTPException && (error.status === 401 || error.status === 400)) {
		const detail = 'Send an Authorization header with a valid bearer token.'
		return new Problem('unauthorized', detail, {}, { 'WWW-Authenticate': 'Bearer' })
	}
	return internal()
}

type KnownError = RowError | DatabaseError | UnreadableError | MisconfiguredError

function isKnown(error: unknown): error is KnownError {
	return (
		isRowError(error) ||
		error instanceof DatabaseError ||
		error instanceof UnreadableError ||
		error instanceof MisconfiguredError
	)
}

function problemOfKnown(error: KnownError): Problem {
	switch (error.kind) {
		case 'conflict':
			return conflictProblem(error)
		case 'invalid-row': {
			const detail = 'The row is not valid; nothing was written.'
			return new Problem('invalid-row', detail, { errors: error.faults })
		}
		case 'not-a-unique-key':
			return new Problem('not-a-unique-key', `${error.message}.`, { keys: error.keys })
		case 'idempotency-mismatch':
			return new Problem('idempotency-mismatch', 'Under this key another request was made before.')
		case 'gone':
			return new Problem('not-found', 'The row that was asked for under this key is no longer there.')
		case 'database':
			return databaseProblem(error.failure)
		case 'unreadable':
			return internal()
		case 'misconfigured':
			return misconfigured()
	}
}

/** What a caller is told of the failure of a whole request, noted for the log. */
export function loggedProblem(logFields: LogFields, error: unknown): Problem {
	const problem = problemOf(error)
	logFields.outcome = problem.slug
	setCause(logFields, problem, error)
	return problem
}

/** The same of one of many rows, which is counted. */
export function countedProblem(logFields: LogFields, error: unknown): Problem {
	const problem = problemOf(error)
	countRow(logFields, problem.slug)
	setCause(logFields, problem, error)
	return problem
}

/** Only what is not the caller's fault has a cause to look into. */
function setCause(logFields: LogFields, { status }: Problem, error: unknown): void {
	if (status >= 500) logFields.cause ??= causeOf(error)
}

function conflictProblem({ conflicts }: ConflictError): Problem {
	const keys = conflicts.map(({ key }) => key.join(', ')).join('; ')
	const detail = keys ? `Another row holds the same ${keys}.` : 'Another row stands in the way.'
	return new Problem('conflict', `${detail} Nothing was written.`, { conflicts })
}

function databaseProblem(failure: Failure): Problem {
	switch (failure) {
		case 'limited':
			return noMoreCalls()
		case 'rejected':
		case 'unreachable':
		case 'interrupted':
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
			return internal()
	}
}

function internal(): Problem {
	return new Problem('internal', 'The request failed through no fault of yours.')
}

function misconfigured(): Problem {
	return new Problem('misconfigured', 'The service is not configured; its log says what is missing.')
}
