/**
 * What a failed database call means for whoever made it. Rolled back, and fewer or other statements may do:
 * - `ended`: one unit ended the transaction for all, as RAISE(ROLLBACK) does; `unit` tells which;
 * - `commit-refused`: every unit went well, and COMMIT did not: a deferred foreign key;
 * - `too-large`: more than one request or one answer may hold;
 * - `unparsable`: a statement that can't be one, made of somebody's SQL fragments;
 * - `unreadable`: text is stored that is not UTF-8, and the server can't answer with it.
 * Of one statement:
 * - `constraint`: it ran, and the database refused the data;
 * - `full`: there is no room for what it would write;
 * - `unmigrated`: the database has no such table or column;
 * - `unproven`: the table there is not what the schema says: a key without its index, for one.
 * Nothing happened:
 * - `rejected`: the database was busy, overloaded or about to change, and is asked again;
 * - `blocked`: its provider lets nobody write (or read) for now: a quota, for one;
 * - `limited`: the request that sent it may call no more;
 * - `denied`: the database doesn't accept our credentials, or not for writing;
 * - `absent`: there is no such database there;
 * - `broken`: anything else, a fault of ours.
 * Or nobody knows:
 * - `unreachable`: refused or lost connection. The Workers runtime reports both as "Network connection lost.", so it
 *   may have been committed;
 * - `interrupted`: the object that shares commits was restarted with the work in hand;
 * - `unknown`: sent, and no answer in time, or one that makes no sense.
 */
export type Failure =
	| 'ended'
	| 'commit-refused'
	| 'too-large'
	| 'unparsable'
	| 'unreadable'
	| 'constraint'
	| 'full'
	| 'unmigrated'
	| 'unproven'
	| 'rejected'
	| 'blocked'
	| 'limited'
	| 'denied'
	| 'absent'
	| 'broken'
	| 'unreachable'
	| 'interrupted'
	| 'unknown'

/** The database's own words for what went wrong. The message may hold SQL and values: it is never shown or logged. */
export interface Said {
	code: string
	message: string
}

/** A failed database call. Its message is safe to log; its cause may hold SQL and values, and never is. */
export class DatabaseError extends Error {
	override readonly name = 'DatabaseError'
	readonly kind = 'database'
	/** How an earlier try of the same call failed, which may have been committed. */
	readonly doubt: Failure | undefined
	/** Of `ended`: the unit that did it, by its place. */
	readonly unit: number | undefined
	constructor(
		readonly failure: Failure,
		override readonly cause: unknown,
		{ doubt, unit }: { doubt?: Failure | undefined; unit?: number | undefined } = {},
	) {
		super(`database call failed: ${failure} (${reasonOf(cause)})`)
		this.doubt = doubt
		this.unit = unit
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

/** What an HTTP status other than 200 means, whoever between us and the database sent it, with what it said. */
export function failureOfStatus(status: number, said: string): Failure {
	if (BLOCKED.test(said)) return 'blocked'
	if (status === 401 || status === 403) return 'denied'
	if (status === 413) return 'too-large'
	if (status === 408 || status === 429) return 'rejected'
	// Nothing at this address, or it leads elsewhere, where nothing secret is to go.
	if (status === 404 || status === 410 || (status >= 300 && status < 400)) return 'absent'
	if (status === 400) return failureOfRefusal(said)
	// sqld's words where a cell can't be written into the answer. The connection went with it, and the transaction.
	if (status === 500 && /invalid utf-8/i.test(said)) return 'unreadable'
	// Cloudflare's own: the origin refused the connection, or never got as far as one.
	if ([521, 522, 523, 525, 526, 530].includes(status)) return 'unreachable'
	return status >= 500 ? 'unknown' : 'broken'
}

/** sqld answers 400 to much: to a transaction that had to end, to a namespace that is none, and to a fault of ours. */
function failureOfRefusal(said: string): Failure {
	if (TIMED_OUT.test(said)) return 'rejected'
	return /namespace|database/i.test(said) ? 'absent' : 'broken'
}

function failureOf(error: unknown): Failure {
	if (!(error instanceof Error)) return 'broken'
	if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'unknown'
	// An answer of another protocol, one that lacks a result, or no JSON.
	if (error instanceof SyntaxError) return 'unknown'
	const said = saidIn(error)
	if (said) {
		const { code, message } = said
		return failureOfCode(code === 'PROXY_ERROR' ? primaryCode(message) : code, message)
	}
	if (/too many subrequests/i.test(error.message)) return 'limited'
	// A plain Error of the runtime's (workerd), or a TypeError "fetch failed" (Node).
	return 'unreachable'
}

/** By what the server calls it: https://www.sqlite.org/rescode.html, and libSQL's own. */
function failureOfCode(code: string, message: string): Failure {
	if (/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(code)) return 'constraint'
	if (code.startsWith('SQLITE_FULL')) return 'full'
	// Not in SQLite's own words, which may name a table.
	if (code === 'BLOCKED' || (!code.startsWith('SQL') && BLOCKED.test(message))) return 'blocked'
	if (code === 'RESPONSE_TOO_LARGE') return 'too-large'
	if (code === 'SQL_PARSE_ERROR') return 'unparsable'
	if (/^SQLITE_(BUSY|LOCKED|IOERR|NOMEM|INTERRUPT|SCHEMA|PROTOCOL|CANTOPEN)/.test(code)) return 'rejected'
	// The server rolled back: the transaction was stolen by another writer, or waited too long.
	if (/^(TRANSACTION_TIMEOUT|TRANSACTION_BUSY|STREAM_EXPIRED)$/.test(code)) return 'rejected'
	// A database in memory has one connection, and somebody's transaction holds it.
	if (code === 'TRANSACTION_ACTIVE') return 'rejected'
	if (TIMED_OUT.test(message)) return 'rejected'
	if (/^SQLITE_(AUTH|PERM|READONLY)/.test(code)) return 'denied'
	if (/^(HRANA_PROTO_ERROR|TRANSACTION_CLOSED|PROXY_ERROR)$/.test(code)) return 'unknown'
	if (code === 'SQL_INPUT_ERROR' || NOT_THERE.test(message)) return 'unmigrated'
	// A statement that ran, and was stopped by what it met: a function in a CHECK or a generated column, for one.
	return code === 'SQLITE_UNKNOWN' || code === 'SQLITE_ERROR' ? 'constraint' : 'broken'
}

/**
 * Of a statement that ran in a transaction which went on after it, or was rolled back as it should be: whatever its words
 * speak of (a trigger's may speak of anything), the primary was there, and refused it.
 */
export function ofStatement(said: Said): Said {
	if (said.code !== 'PROXY_ERROR') return said
	const code = primaryCode(said.message)
	// A full disk would have ended the transaction.
	const isRefusal = /^SQLITE_(CONSTRAINT|MISMATCH)$/.test(code)
	return { ...said, code: isRefusal ? code : 'SQLITE_UNKNOWN' }
}

/** A replica calls every error of its primary PROXY_ERROR (tursodatabase/libsql#1537): it is told by the primary's words. */
function primaryCode(message: string): string {
	if (/constraint failed/.test(message)) return 'SQLITE_CONSTRAINT'
	if (/disk is full/.test(message)) return 'SQLITE_FULL'
	if (/is (locked|busy)/.test(message)) return 'SQLITE_BUSY'
	if (/datatype mismatch/.test(message)) return 'SQLITE_MISMATCH'
	// Not the primary's words, but of who did not reach it.
	if (/\bstatus: |transport error|tcp connect|timed? ?out/i.test(message)) return 'PROXY_ERROR'
	return 'SQLITE_UNKNOWN'
}

const TIMED_OUT = /transaction timed-out/i

/** Turso's words where a quota is used up, in whatever they come. */
const BLOCKED = /\bBLOCKED\b|(reads|writes|operations?) (are|is) blocked/i

const NOT_THERE =
	/no such (table|column): [\w.]+|has no column named \w+|cannot modify \w+ because it is a view/

function codeOf(error: unknown): string {
	return saidIn(error)?.code ?? ''
}

/** What the database said, where an error is its word: with a code of libSQL's or, over a file, of SQLite's. */
export function saidIn(error: unknown): Said | undefined {
	if (!(error instanceof Error)) return undefined
	if ('code' in error && typeof error.code === 'string' && error.code !== '') {
		return { code: error.code, message: error.message }
	}
	const [, number, refused = ''] = REFUSED_BY_PRIMARY.exec(error.message) ?? []
	if (number !== undefined) {
		return { code: SQLITE_CODES[Number(number) & 255] ?? 'SQLITE_UNKNOWN', message: refused }
	}
	const [, message] = NOT_DONE_BY_PRIMARY.exec(error.message) ?? []
	return message === undefined ? undefined : { code: 'PROXY_ERROR', message }
}

// In an embedded replica what its primary said is in the message alone, written as Rust has it.
const REFUSED_BY_PRIMARY = /^RemoteSqliteFailure\(\d+, (\d+), "(.*)"\)$/s
const NOT_DONE_BY_PRIMARY = /^WriteDelegation\(status: \w+, message: "(.*?)", details: /s
const SQLITE_CODES: Readonly<Record<number, string>> = {
	1: 'SQLITE_ERROR',
	5: 'SQLITE_BUSY',
	6: 'SQLITE_LOCKED',
	8: 'SQLITE_READONLY',
	13: 'SQLITE_FULL',
	18: 'SQLITE_TOOBIG',
	19: 'SQLITE_CONSTRAINT',
	20: 'SQLITE_MISMATCH',
}

/** What may be logged of a cause: its code, or the runtime's own words, but no message of SQLite's. */
function reasonOf(cause: unknown): string {
	if (typeof cause === 'string') return cause
	if (!(cause instanceof Error)) return 'no reason given'
	// JSON.parse's quotes what it read.
	if (cause instanceof SyntaxError) return cause.name
	return NOT_THERE.exec(cause.message)?.[0] || codeOf(cause) || `${cause.name}: ${cause.message}`
}
