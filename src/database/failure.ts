/**
 * What a failed database call means for whoever made it:
 * - `constraint`: the data was refused and the transaction rolled back;
 * - `too-large`: more than one answer may hold, and the transaction rolled back: fewer rows may fit;
 * - `unmigrated`: it has no such table or column, and the transaction rolled back: rows of other tables can do without;
 * - `rejected`: the database was busy or overloaded, and nothing happened;
 * - `unreachable`: refused or lost connection. The Workers runtime reports both as "Network connection lost.", so it
 *   may have been committed;
 * - `interrupted`: the object that shares commits was restarted with the work in hand: it may have been committed;
 * - `unknown`: sent, and no answer in time, or one that makes no sense: it may have been committed;
 * - `denied`: the database doesn't accept our credentials;
 * - `broken`: anything else, a fault of ours.
 */
export type Failure =
	| 'constraint'
	| 'too-large'
	| 'unmigrated'
	| 'rejected'
	| 'unreachable'
	| 'interrupted'
	| 'unknown'
	| 'denied'
	| 'broken'

/** A failed database call. Its message is safe to log; its cause may hold SQL and values, and never is. */
export class DatabaseError extends Error {
	override readonly name = 'DatabaseError'
	constructor(
		readonly failure: Failure,
		override readonly cause: unknown,
		/** How an earlier try of the same call failed, which may have been committed. */
		readonly doubt?: Failure,
	) {
		super(`database call failed: ${failure} (${reasonOf(cause)})`)
	}
}

/** The one place that knows how the client, the runtime and the server report what. */
export function classify(error: unknown): DatabaseError {
	for (let at = error; at instanceof Error; at = at.cause) {
		if (at instanceof DatabaseError) return at
	}
	return new DatabaseError(failureOf(error), error)
}

/** Whether a call that failed so may have been committed. */
export function isUncertain(failure: Failure): boolean {
	return failure === 'unreachable' || failure === 'interrupted' || failure === 'unknown'
}

/** Whether a part of a transaction that failed so may do without the rest: it was rolled back for some of its rows. */
export function splits(failure: Failure): boolean {
	return failure === 'constraint' || failure === 'too-large' || failure === 'unmigrated'
}

/** What an HTTP status other than 200 means, whoever between us and the database sent it. */
export function failureOfStatus(status: number): Failure {
	if (status === 401 || status === 403) return 'denied'
	if (status === 429) return 'rejected'
	// Cloudflare's own: the origin refused the connection, or never got as far as one.
	if ([521, 522, 523, 525, 526, 530].includes(status)) return 'unreachable'
	return status >= 500 ? 'unknown' : 'broken'
}

function failureOf(error: unknown): Failure {
	if (!(error instanceof Error)) return 'broken'
	if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'unknown'
	const code = codeOf(error)
	if (/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(code)) return 'constraint'
	if (code === 'RESPONSE_TOO_LARGE') return 'too-large'
	if (/^SQLITE_(BUSY|LOCKED|FULL|IOERR|NOMEM)/.test(code)) return 'rejected'
	// The server rolled back: the transaction was stolen by another writer, or waited too long.
	if (/^(TRANSACTION_TIMEOUT|TRANSACTION_BUSY|STREAM_EXPIRED)$/.test(code)) return 'rejected'
	// An answer of another protocol, one that lacks a result, or no JSON.
	if (/^(HRANA_PROTO_ERROR|TRANSACTION_CLOSED)$/.test(code) || error instanceof SyntaxError) return 'unknown'
	if (NOT_THERE.test(error.message)) return 'unmigrated'
	if (code !== '') return 'broken'
	// A plain Error of the runtime's (workerd), or a TypeError "fetch failed" (Node).
	return 'unreachable'
}

const NOT_THERE = /no such (table|column): [\w.]+/

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** What may be logged of a cause: its code, or the runtime's own words, but no message of SQLite's. */
function reasonOf(cause: unknown): string {
	if (typeof cause === 'string') return cause
	if (!(cause instanceof Error)) return 'no reason given'
	// JSON.parse's quotes what it read.
	if (cause instanceof SyntaxError) return cause.name
	return NOT_THERE.exec(cause.message)?.[0] || codeOf(cause) || `${cause.name}: ${cause.message}`
}
