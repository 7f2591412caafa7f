import { beginning, refusing, says } from './false-server.ts'
import type { Fault } from './proxy.ts'
import type { Stage } from './stage.ts'

// What operators meet, a line each: what the world does, what those are told whose work it was, and what the log says.
// That all others notice nothing, and that it heals by itself, is asked of each by the test.

export interface World {
	stage: Stage
	/** Where the libSQL server takes orders from its provider. */
	adminUrl: string
}

export interface Situation {
	name: string
	/** How the database itself becomes so, and how it is mended. */
	breaks?: (world: World) => Promise<void>
	mends?: (world: World) => Promise<void>
	/** What becomes of every request to the database but the neighbours'. */
	fault?: Fault
	/** What those are told who ask for a new account; 503 has a Retry-After, and 500 is `misconfigured`. */
	told: 500 | 503
	/** The same of an account that is there. Like a new one, unless told. */
	hit?: 200
	/** What the one line says of it: the setting, the command, or who is to be asked. */
	cause: RegExp
	/** It is waited for: asked again until the deadline, and served at once where it has passed by then. */
	passes?: true
	/** An isolate that has seen the table as it was believes that for some seconds: new ones are asked. */
	isNoticedByNew?: true
	/** What neighbours do who must not notice. Write, unless told. */
	neighbours?: 'read'
	/** What `/healthz` says, and with `?read`. */
	health: 200 | 500 | 503
	reads: 200 | 500 | 503
}

/** One statement after the other, as an operator would type them. */
function sql(...statements: string[]) {
	return async ({ stage }: World): Promise<void> => {
		for (const each of statements) await stage.query(each)
	}
}

const ASIDE = 'ALTER TABLE accounts RENAME TO aside'
const BACK = 'ALTER TABLE aside RENAME TO accounts'
const backFrom = (kind: 'TABLE' | 'VIEW') => sql(`DROP ${kind} accounts`, BACK)

const DROP_KEY = 'DROP INDEX accounts_username_unique'
const MAKE_KEY = 'CREATE UNIQUE INDEX accounts_username_unique ON accounts (username)'

/** A table of accounts, made anew with another id or with more columns. */
function remade(id: string, more = ''): string {
	return `CREATE TABLE accounts (${id}, username TEXT NOT NULL UNIQUE, password TEXT NOT NULL DEFAULT '*',
		last_login INTEGER, is_superuser INTEGER NOT NULL DEFAULT false${more})`
}

const MISPLACED = { told: 500, health: 500, reads: 500 } as const
const KEYLESS = { ...MISPLACED, isNoticedByNew: true } as const
const NO_KEY = /accounts\b.*\busername\b.*(CREATE UNIQUE INDEX|npm run db:migrate)/

const SCHEMAS: readonly Situation[] = [
	{
		name: 'a column is renamed',
		breaks: sql('ALTER TABLE accounts RENAME COLUMN last_login TO seen_at'),
		mends: sql('ALTER TABLE accounts RENAME COLUMN seen_at TO last_login'),
		...MISPLACED,
		cause: /\blast_login\b.*npm run db:migrate/,
	},
	{
		name: 'a table is gone',
		breaks: sql(ASIDE),
		mends: sql(BACK),
		...MISPLACED,
		cause: /no such table: accounts\b.*npm run db:migrate/,
	},
	{
		name: 'a view is in its place',
		breaks: sql(ASIDE, 'CREATE VIEW accounts AS SELECT * FROM aside'),
		mends: backFrom('VIEW'),
		...MISPLACED,
		cause: /accounts\b.*\bview\b/,
	},
	{
		name: 'it is copied without its keys',
		breaks: sql(ASIDE, 'CREATE TABLE accounts AS SELECT * FROM aside'),
		mends: backFrom('TABLE'),
		...KEYLESS,
		cause: NO_KEY,
	},
	{
		name: 'its unique index is dropped',
		breaks: sql(DROP_KEY),
		mends: sql(MAKE_KEY),
		...KEYLESS,
		cause: NO_KEY,
	},
	{
		name: 'its unique index is of some rows only',
		breaks: sql(DROP_KEY, `${MAKE_KEY} WHERE id > 3`),
		mends: sql(DROP_KEY, MAKE_KEY),
		...KEYLESS,
		cause: NO_KEY,
	},
	{
		name: 'its unique index is over an expression',
		breaks: sql(DROP_KEY, MAKE_KEY.replace('(username)', '(lower(username))')),
		mends: sql(DROP_KEY, MAKE_KEY),
		...KEYLESS,
		cause: NO_KEY,
	},
	{
		name: 'it has a column that must be given and that the schema lacks',
		breaks: sql(ASIDE, remade('id INTEGER PRIMARY KEY', ', tenant TEXT NOT NULL')),
		mends: backFrom('TABLE'),
		...MISPLACED,
		cause: /accounts\b.*\btenant\b/,
	},
	{
		name: 'AUTOINCREMENT has given its last id (SQLITE_FULL)',
		breaks: sql(
			ASIDE,
			remade('id INTEGER PRIMARY KEY AUTOINCREMENT'),
			`INSERT INTO accounts (id, username) VALUES (9223372036854775807, 'last'), (1, 'known')`,
		),
		mends: backFrom('TABLE'),
		told: 503,
		hit: 200,
		health: 200,
		reads: 200,
		cause: /SQLITE_FULL/,
	},
]

/** What the provider orders of a database, by the server's own interface for that. */
function ordered(order: { block_writes: boolean; block_reason: string | null }) {
	return async ({ adminUrl }: World): Promise<void> => {
		const url = `${adminUrl}/v1/namespaces/default/config`
		const now: unknown = await (await fetch(url)).json()
		const headers = { 'content-type': 'application/json' }
		const body = JSON.stringify({ ...Object(now), ...order })
		const { ok } = await fetch(url, { method: 'POST', headers, body })
		if (!ok) throw new Error('the server takes no orders')
	}
}

const BLOCKED = { told: 503, health: 503, reads: 503, cause: /blocked.*quota/i } as const

const BLOCKS: readonly Situation[] = [
	{
		name: 'the provider lets nobody write',
		breaks: ordered({ block_writes: true, block_reason: 'over quota' }),
		mends: ordered({ block_writes: false, block_reason: null }),
		...BLOCKED,
		reads: 200,
		neighbours: 'read',
	},
	{
		name: 'the database is blocked, with a 500',
		fault: says(500, '{"error":"Operation was blocked: SQL write operations are forbidden"}'),
		...BLOCKED,
	},
	{
		name: 'the database is blocked, by the code',
		fault: refusing('BLOCKED', 'Operation was blocked: over quota'),
		...BLOCKED,
	},
]

const PASSING = { told: 503, health: 503, reads: 503, passes: true, cause: /rejected/ } as const

const PASSINGS: readonly Situation[] = [
	{ name: 'a gateway says 408', fault: says(408, '{"error":"Request Timeout"}'), ...PASSING },
	{ name: 'a gateway says 429', fault: says(429, '{"error":"Too many requests"}'), ...PASSING },
	...[
		['SQLITE_BUSY', 'SQLite error: database is locked'],
		['SQLITE_INTERRUPT', 'SQLite error: interrupted'],
		['SQLITE_SCHEMA', 'SQLite error: database schema has changed'],
		['SQLITE_PROTOCOL', 'SQLite error: locking protocol'],
		['SQLITE_CANTOPEN', 'SQLite error: unable to open database file'],
		['TRANSACTION_TIMEOUT', 'Transaction timed-out'],
	].map(
		([code = '', message = '']): Situation => ({
			name: `BEGIN meets ${code}`,
			fault: beginning(code, message),
			...PASSING,
		}),
	),
	{
		name: 'a transaction waits too long for its turn',
		fault: says(400, '{"error":"Transaction timed-out"}'),
		...PASSING,
	},
]

const TOKEN = { ...MISPLACED, cause: /TURSO_AUTH_TOKEN/ } as const
const ADDRESS = { ...MISPLACED, cause: /TURSO_DATABASE_URL/ } as const

/** Where a redirect leads to, which must neither be followed nor logged. */
export const ELSEWHERE = '/elsewhere/v3/pipeline'
export const SECRET = 'authToken=not-for-the-log'

const SETTINGS: readonly Situation[] = [
	{ name: 'the token is no good', fault: says(401, '{"error":"Unauthorized: `jwt`"}'), ...TOKEN },
	{ name: 'the token is for another database', fault: says(403, '{"error":"Forbidden"}'), ...TOKEN },
	{ name: 'there is no database', fault: says(404, '{"error":"database not found"}'), ...ADDRESS },
	{ name: 'there is no namespace', fault: says(404, '{"error":"Namespace `a` doesn\'t exist"}'), ...ADDRESS },
	{
		name: 'there is no namespace, in the words of old',
		fault: says(400, '{"error":"Namespace `a` doesn\'t exist"}'),
		...ADDRESS,
	},
	{ name: 'the database has moved', fault: says(302, '', `${ELSEWHERE}?${SECRET}`), ...ADDRESS },
	{ name: 'the database has moved for now', fault: says(307, '', `${ELSEWHERE}?${SECRET}`), ...ADDRESS },
	{ name: 'a redirect leads back to itself', fault: says(307, '', `/v3/pipeline?${SECRET}`), ...ADDRESS },
]

export const SITUATIONS: readonly Situation[] = [...SCHEMAS, ...BLOCKS, ...PASSINGS, ...SETTINGS]
