import type { Fault } from './proxy.ts'

/** Something that happens to the database under a running service, and what that means for whom. */
export interface Situation {
	name: string
	/** What the database does, and how it is mended. */
	breaks?: readonly string[]
	mends?: readonly string[]
	/** What becomes of every request to the database. */
	fault?: Fault
	/** What a caller who makes an account is told. Of a change of the schema all others notice nothing. */
	status: 422 | 500 | 503
	/** Who asks for an account that is there. */
	hit?: 200
	/** What the log says of it: the setting or the command that mends it. */
	cause: RegExp
	/** It is told within the second: nothing need be waited for. */
	atOnce: boolean
	/** Health sees it, unless told. */
	isHealthy?: true
}

const INDEX = 'CREATE UNIQUE INDEX accounts_username_unique ON accounts (username)'
const DROP = 'DROP INDEX accounts_username_unique'
const ASIDE = 'ALTER TABLE accounts RENAME TO aside'
const BACK = 'ALTER TABLE aside RENAME TO accounts'
const COLUMNS = `username TEXT NOT NULL UNIQUE, password TEXT NOT NULL DEFAULT '*', last_login INTEGER,
	is_superuser INTEGER NOT NULL DEFAULT false`

const SCHEMA: readonly Situation[] = [
	{
		name: 'a column that has another name',
		breaks: ['ALTER TABLE accounts RENAME COLUMN last_login TO seen'],
		mends: ['ALTER TABLE accounts RENAME COLUMN seen TO last_login'],
		cause: /accounts has no column last_login: run "npm run db:migrate"/,
	},
	{
		name: 'a table that is gone',
		breaks: [ASIDE],
		mends: [BACK],
		cause: /no such table: accounts, run "npm run db:migrate"/,
	},
	{
		name: 'a view in its place',
		breaks: [ASIDE, 'CREATE VIEW accounts AS SELECT * FROM aside'],
		mends: ['DROP VIEW accounts', BACK],
		cause: /accounts has no unique index over username/,
	},
	{
		name: 'a table that was copied without its keys',
		breaks: [ASIDE, 'CREATE TABLE accounts AS SELECT * FROM aside'],
		mends: ['DROP TABLE accounts', BACK],
		cause: /accounts has no unique index over id.*accounts has no unique index over username/,
	},
	{
		name: 'a unique index that is gone',
		breaks: [DROP],
		mends: [INDEX],
		cause:
			/accounts has no unique index over username: run "npm run db:migrate", or CREATE UNIQUE INDEX .*accounts.*\(.*username/,
	},
	{
		name: 'a unique index over a part of the rows',
		breaks: [DROP, `${INDEX} WHERE id > 3`],
		mends: [DROP, INDEX],
		cause: /accounts has no unique index over username/,
	},
	{
		name: 'a unique index over an expression',
		breaks: [DROP, INDEX.replace('(username)', '(lower(username))')],
		mends: [DROP, INDEX],
		cause: /accounts has no unique index over username/,
	},
	{
		name: 'a column that must be given and that nobody knows',
		breaks: [ASIDE, `CREATE TABLE accounts (id INTEGER PRIMARY KEY, ${COLUMNS}, secret TEXT NOT NULL)`],
		mends: ['DROP TABLE accounts', BACK],
		cause: /accounts.secret is NOT NULL without a default, and not in the schema/,
	},
].map((each) => ({ ...each, status: 500, atOnce: true }))

const FULL: Situation = {
	name: 'a table that has no id left to give',
	breaks: [
		ASIDE,
		`CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, ${COLUMNS})`,
		`INSERT INTO accounts (id, username) VALUES (9223372036854775807, 'last'), (1, 'there')`,
	],
	mends: ['DROP TABLE accounts', BACK],
	status: 503,
	hit: 200,
	cause: /full \(SQLITE_FULL\): the database has no room left/,
	atOnce: true,
	isHealthy: true,
}

/** What the database, or who stands before it, answers to everything. */
function answers(
	name: string,
	status: number,
	body: string,
	rest: Pick<Situation, 'status' | 'cause'>,
): Situation {
	return {
		name,
		fault: { kind: 'answer', status, body: () => body },
		...rest,
		atOnce: rest.status === 500 || /blocked/.test(rest.cause.source),
	}
}

function said(code: string, message: string): string {
	const error = { type: 'error', error: { code, message } }
	return JSON.stringify({
		baton: null,
		base_url: null,
		results: [error, { type: 'ok', response: { type: 'close' } }],
	})
}

const TOKEN = { status: 500, cause: /denied .*set TURSO_AUTH_TOKEN/ } as const
const ADDRESS = { status: 500, cause: /absent .*TURSO_DATABASE_URL/ } as const
const PASSING = { status: 503, cause: /rejected/ } as const
const BLOCKED = { status: 503, cause: /blocked .*look at its quota/ } as const

const ANSWERS: readonly Situation[] = [
	answers('401', 401, '{"error":"Unauthorized"}', TOKEN),
	answers('403', 403, '{"error":"Forbidden"}', TOKEN),
	answers('404 of a database that is not there', 404, '{"error":"database not found"}', ADDRESS),
	answers('400 of a namespace', 400, '{"error":"Invalid namespace"}', ADDRESS),
	answers('408', 408, '{"error":"Request Timeout"}', PASSING),
	answers('429', 429, '{"error":"Too many requests"}', PASSING),
	answers('BLOCKED in a 500', 500, '{"error":"SQLite error: database is blocked: BLOCKED"}', BLOCKED),
	answers('BLOCKED in a 403', 403, '{"error":"Operation was blocked: writes are blocked, BLOCKED"}', BLOCKED),
	answers('the code BLOCKED', 200, said('BLOCKED', 'Operation was blocked'), BLOCKED),
	answers('SQLITE_INTERRUPT', 200, said('SQLITE_INTERRUPT', 'interrupted'), PASSING),
	answers('SQLITE_SCHEMA', 200, said('SQLITE_SCHEMA', 'database schema has changed'), PASSING),
	answers('SQLITE_PROTOCOL', 200, said('SQLITE_PROTOCOL', 'locking protocol'), PASSING),
	answers('SQLITE_CANTOPEN', 200, said('SQLITE_CANTOPEN', 'unable to open database file'), PASSING),
	answers('a transaction that timed out', 200, said('UNKNOWN', 'Transaction timed-out'), PASSING),
	...[302, 307].map(
		(status): Situation => ({
			name: `a ${status} that leads elsewhere`,
			fault: { kind: 'answer', status, location: 'http://127.0.0.1:1/elsewhere?secret=word' },
			...ADDRESS,
			atOnce: true,
		}),
	),
]

export const SITUATIONS: readonly Situation[] = [
	...SCHEMA.map((each): Situation => ({ ...each, status: 500 })),
	FULL,
	...ANSWERS,
]
