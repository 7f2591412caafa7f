import { DatabaseError, type Failure } from '../database/failure'
import { UnreadableError } from '../get-or-create/read-value'
import { MisconfiguredError } from './misconfigured'
import type { Settings } from './settings'

/** What is noted about a request, or a call over RPC, on its way to the log: words and figures, never a value. */
export interface LogFields {
	/** What became of one row, the slug of a problem, or how a stream ended. */
	outcome?: string
	/** Of many rows: how many of them came to what. */
	rows?: Record<string, number>
	/** How long it waited for the database, in milliseconds. */
	databaseMs?: number
	/** Who sent its last transaction: this isolate, or the Durable Object that isolates share. Unset where there was none. */
	commit?: 'isolate' | 'durable-object'
	/** How many calls of the isolate, its own among them, shared a transaction; of several transactions, the most. */
	batch?: number
	/** What a failure that isn't the caller's fault came from. */
	cause?: string
}

/**
 * Whether a request or a call has its line: what was refused or has failed always does, and of successes the share that
 * LOG_SUCCESSES sets. A line is a tenth of a request's work, and of its cost.
 */
export function isLogged(settings: () => Settings, { cause }: LogFields, isRefused: boolean): boolean {
	if (isRefused || cause !== undefined) return true
	try {
		return Math.random() < settings().logSuccesses
	} catch {
		return true // a page that needs no settings
	}
}

/**
 * Writes the one line that there is of a request or a call. `about` tells which it was: never with a raw path, a query,
 * a token or a value. In Workers the clock stands still but for input and output: durations are what was waited for.
 */
export function log(
	about: Record<string, string | number | undefined>,
	logFields: LogFields,
	started: number,
): void {
	const failed = logFields.cause !== undefined
	const line = JSON.stringify({
		level: failed ? 'error' : 'info',
		...about,
		outcome: 'answered',
		ms: Date.now() - started,
		...logFields,
	})
	if (failed) console.error(line)
	else console.log(line)
}

interface Done {
	/** It was done before, under the same Idempotency-Key. */
	replayed?: boolean | undefined
	created: boolean
	updated: boolean
}

/** What a request did to a row, in a word. */
export function wordOf({ replayed, created, updated }: Done): string {
	if (replayed) return 'replayed'
	if (created) return 'created'
	return updated ? 'updated' : 'found'
}

/** Counts one of many rows. */
export function countRow(logFields: LogFields, word: string): void {
	logFields.rows ??= {}
	logFields.rows[word] = (logFields.rows[word] ?? 0) + 1
}

/** Notes how long it takes to wait for the database, for Server-Timing and the log. */
export async function timed<T>(logFields: LogFields, wait: () => Promise<T>): Promise<T> {
	const started = Date.now()
	try {
		return await wait()
	} finally {
		logFields.databaseMs = (logFields.databaseMs ?? 0) + Date.now() - started
	}
}

const MAX_FRAMES = 5

/** What mends a failure, where it is one to be mended: the setting, or the command. */
const ADVICE: Partial<Record<Failure, string>> = {
	denied: 'set TURSO_AUTH_TOKEN to a token of this database that may write ("turso db tokens create")',
	absent: 'TURSO_DATABASE_URL leads to no database ("turso db show --url")',
	blocked: 'the provider has blocked the database: look at its quota and plan',
	full: 'the database has no room left: raise its size limit, or AUTOINCREMENT has given its last id',
	unmigrated: 'run "npm run db:migrate", or give the service the "casing" of drizzle.config.ts',
	limited: "the plan's calls a request are used up: send fewer rows a request, or change the plan",
}

/**
 * What may be logged of an error. Only our own are known to have no value in their message; others (JSON.parse's quotes
 * what it read) are told by their name and by where they come from.
 */
export function causeOf(error: unknown): string {
	if (error instanceof DatabaseError) {
		const advice = ADVICE[error.failure]
		return `${error.name}: ${error.message}${advice === undefined ? '' : `: ${advice}`}`
	}
	if (error instanceof MisconfiguredError || error instanceof UnreadableError) {
		return `${error.name}: ${error.message}`
	}
	if (!(error instanceof Error)) return 'unknown'
	const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line))
	return [error.name, ...frames.slice(0, MAX_FRAMES).map((frame) => frame.trim())].join(' ')
}
