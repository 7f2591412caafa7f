import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { takeOver, whyBaseline } from '../../scripts/baseline.ts'
import { applyMigrations, pendingMigrations } from '../../scripts/migrations.ts'
import { type OwnDatabase, startDatabase } from './own-database.ts'

// `npm run db:migrate -- --baseline` over a database whose tables somebody else made.

const stops: (() => void | Promise<void>)[] = []
afterEach(async () => {
	for (const stop of stops.splice(0)) await stop()
})

async function databaseOf(sql = ''): Promise<OwnDatabase> {
	const database = await startDatabase(sql)
	stops.push(() => database.stop())
	return database
}

/** A folder of migrations, each of these statements: `0000_m`, `0001_m` and so on. */
function migrationsOf(...migrations: string[][]): string {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-migrations-'))
	stops.push(() => rmSync(folder, { recursive: true }))
	const entries = migrations.map((statements, idx) => {
		const tag = `000${idx}_m`
		writeFileSync(join(folder, `${tag}.sql`), statements.join('\n--> statement-breakpoint\n'))
		return { idx, version: '6', when: 1000 + idx, tag, breakpoints: true }
	})
	mkdirSync(join(folder, 'meta'))
	const journal = { version: '7', dialect: 'sqlite', entries }
	writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify(journal))
	return folder
}

/** Why the baseline is refused, which leaves everything as it was. */
async function refusalOf(database: OwnDatabase, folder?: string): Promise<string> {
	const before = await database.dump()
	const options = folder === undefined ? {} : { folder }
	const error: unknown = await takeOver(database, options).catch((reason: unknown) => reason)
	expect(await database.dump()).toEqual(before)
	if (!(error instanceof Error) || error.name !== 'StartError')
		throw new Error('not refused', { cause: error })
	return error.message
}

const USERS = `CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE);
	INSERT INTO users VALUES (7, 'Ada', 'ada@example.com'), (9, 'Bob', 'bob@example.com');`
const ACCOUNTS = `CREATE TABLE accounts (id INTEGER PRIMARY KEY, username TEXT NOT NULL, password TEXT NOT NULL DEFAULT '*',
	last_login INTEGER, is_superuser INTEGER NOT NULL DEFAULT 0);
	INSERT INTO accounts (username) VALUES ('ada'), ('bob');`
const JOURNAL = '__drizzle_migrations'
const KEYS = ['table idempotency_keys', 'index idempotency_keys_noted_at']

describe('a baseline of the service', () => {
	it('adds a unique index and the table of keys, and changes no row', async () => {
		const database = await databaseOf(USERS + ACCOUNTS)
		const before = await database.dump()
		const added = ['index accounts_username_unique', ...KEYS]
		expect(await takeOver(database)).toEqual({ noted: 2, added, left: 0 })
		const { rows, schema } = await database.dump()
		expect(rows).toMatchObject(before.rows)
		expect(schema).toEqual(expect.arrayContaining(before.schema))
		expect(await pendingMigrations(database)).toBe(0)
	})

	it('adds the table of keys alone where all else is there, under whichever names', async () => {
		const database = await databaseOf(`${USERS} ${ACCOUNTS} CREATE UNIQUE INDEX mine ON accounts (username)`)
		expect(await takeOver(database)).toEqual({ noted: 2, added: KEYS, left: 0 })
	})

	it('makes a table that is not there', async () => {
		const database = await databaseOf(USERS)
		const added = ['table accounts', 'index accounts_username_unique', ...KEYS]
		expect(await takeOver(database)).toEqual({ noted: 2, added, left: 0 })
	})

	it('leaves an empty database as the migrations do, their journal too', async () => {
		const [taken, migrated] = [await databaseOf(), await databaseOf()]
		await Promise.all([takeOver(taken), applyMigrations(migrated)])
		const [mine, drizzles] = await Promise.all([taken.dump(), migrated.dump()])
		expect(mine).toEqual(drizzles)
		expect(mine.rows[JOURNAL]).toHaveLength(2)
	})

	it('does nothing the second time', async () => {
		const database = await databaseOf(USERS + ACCOUNTS)
		await takeOver(database)
		const before = await database.dump()
		expect(await takeOver(database)).toEqual({ noted: 0, added: [], left: 0 })
		expect(await database.dump()).toEqual(before)
	})

	it('notes nothing twice, though two do it at once', async () => {
		const database = await databaseOf()
		await applyMigrations(database)
		const before = await database.dump()
		await database.client.execute(`DELETE FROM ${JOURNAL}`)
		await Promise.all([takeOver(database), takeOver(database)])
		expect(await database.dump()).toEqual(before)
	})

	it('is refused whole where rows share what is to be unique, of which it names no value', async () => {
		const database = await databaseOf(`${ACCOUNTS} INSERT INTO accounts (username) VALUES ('ada')`)
		const message = await refusalOf(database)
		expect(message).toMatch(/^0000_create_users_and_accounts, statement 2: .*accounts\.username/)
		expect(message).toContain(
			'SELECT accounts.username FROM accounts GROUP BY accounts.username HAVING count(*) > 1',
		)
		expect(message).not.toMatch(/\bada\b/)
	})

	it('is refused where a table lacks a column', async () => {
		const database = await databaseOf(
			'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)',
		)
		expect(await refusalOf(database)).toMatch(
			/^0000_create_users_and_accounts, statement 3: .* not users\.email: add that/,
		)
	})
})

describe('the journal', () => {
	it('may lack migrations that were applied by hand', async () => {
		const database = await databaseOf()
		await applyMigrations(database)
		const before = await database.dump()
		await database.client.execute('DELETE FROM __drizzle_migrations WHERE created_at > 1795416526298')
		expect(await takeOver(database)).toEqual({ noted: 1, added: [], left: 0 })
		expect(await database.dump()).toEqual(before)
	})

	it('may be that of others, with later notes', async () => {
		const database = await databaseOf()
		await applyMigrations(database)
		await database.client.batch([
			'DROP TABLE idempotency_keys',
			'UPDATE __drizzle_migrations SET created_at = 9e12 WHERE created_at > 1795416526298',
		])
		expect(await pendingMigrations(database)).toBe(0)
		expect(await whyBaseline(database)).toMatch(/older than the last.*--baseline/)
		expect(await takeOver(database)).toEqual({ noted: 1, added: KEYS, left: 0 })
		expect(await whyBaseline(database)).toBeUndefined()
	})
})

describe('what is there', () => {
	const TABLE = 'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c TEXT)'

	it.each([
		['a unique index in another order', 'CREATE UNIQUE INDEX mine ON t (c, B)'],
		[
			'a UNIQUE of the table',
			'DROP TABLE t; CREATE TABLE T (a INTEGER PRIMARY KEY, b TEXT COLLATE NOCASE, c, UNIQUE (b, c))',
		],
		['the index itself', 'CREATE UNIQUE INDEX t_b_c ON t (b, c)'],
	])('counts: %s', async (_, sql) => {
		const database = await databaseOf(`${TABLE}; ${sql}`)
		const folder = migrationsOf([TABLE, 'CREATE UNIQUE INDEX t_b_c ON t (b, c)'])
		expect(await takeOver(database, { folder })).toEqual({ noted: 1, added: [], left: 0 })
	})

	it.each([
		['an index that is not unique', 'CREATE INDEX mine ON t (b, c)'],
		['one over a part of the rows', 'CREATE UNIQUE INDEX mine ON t (b, c) WHERE a > 5'],
		['one over other columns', 'CREATE UNIQUE INDEX mine ON t (b)'],
		['one of an expression', 'CREATE UNIQUE INDEX mine ON t (b, lower(c))'],
		['one of another collation', 'CREATE UNIQUE INDEX mine ON t (b, c COLLATE NOCASE)'],
	])('does not count: %s', async (_, sql) => {
		const database = await databaseOf(`${TABLE}; ${sql}`)
		const folder = migrationsOf([TABLE, 'CREATE UNIQUE INDEX t_b_c ON t (b, c)'])
		expect(await takeOver(database, { folder })).toEqual({ noted: 1, added: ['index t_b_c'], left: 0 })
	})

	it('is refused where it has the name and is another', async () => {
		const database = await databaseOf(`${TABLE}; CREATE INDEX t_b_c ON t (b, c)`)
		const folder = migrationsOf([TABLE, 'CREATE UNIQUE INDEX t_b_c ON t (b, c)'])
		expect(await refusalOf(database, folder)).toMatch(
			/^0000_m, statement 2: .*another index .*t_b_c.* say what is there/,
		)
	})

	it('may be a column, a trigger, a view', async () => {
		const later = [
			'ALTER TABLE t ADD d TEXT',
			'ALTER TABLE t ADD e TEXT DEFAULT 5 NOT NULL',
			'CREATE VIEW `v` AS SELECT a FROM t',
			'CREATE TRIGGER g AFTER DELETE ON t BEGIN DELETE FROM t; SELECT 1; END;',
		]
		const folder = migrationsOf([TABLE], later)
		const halves = [later[0], 'CREATE VIEW "v" as SELECT a FROM t', later[3]].join('; ')
		const database = await databaseOf(`${TABLE}; INSERT INTO t VALUES (1, 'x', 'y'); ${halves}`)
		expect(await takeOver(database, { folder })).toEqual({ noted: 2, added: ['column e'], left: 0 })
		const { rows } = await database.dump()
		expect(rows.t).toEqual([{ a: 1, b: 'x', c: 'y', d: null, e: '5' }])
	})
})

describe('what leaves no trace', () => {
	const TABLE = 'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)'

	it.each([
		['changes rows', `UPDATE t SET b = 'x'`],
		['makes rows', `INSERT INTO t VALUES (1, 'x')`],
		['drops a table', 'DROP TABLE t'],
		['drops a column', 'ALTER TABLE t DROP COLUMN b'],
		['renames a column', 'ALTER TABLE t RENAME COLUMN b TO c'],
		['alters a column', 'ALTER TABLE t ALTER COLUMN b TO b TEXT NOT NULL'],
		['is several statements', `CREATE TABLE u (a); UPDATE t SET b = 'x'`],
		['is none', '-- nothing yet'],
	])('is refused, with the migration that does it: one that %s', async (_, sql) => {
		const database = await databaseOf(`${TABLE}; INSERT INTO t VALUES (5, 'y')`)
		const folder = migrationsOf([TABLE], ['CREATE TABLE u (a)', sql], ['CREATE TABLE w (a)'])
		expect(await refusalOf(database, folder)).toMatch(
			/^0001_m, statement 2: it .* "npm run db:migrate -- --baseline=0000_m" and then "npm run db:migrate"/,
		)
	})

	it('is refused in a table that is made anew', async () => {
		const folder = migrationsOf([
			'CREATE TABLE `__new_t` (`a` integer PRIMARY KEY)',
			'INSERT INTO `__new_t`("a") SELECT "a" FROM `t`',
			'DROP TABLE `t`',
			'ALTER TABLE `__new_t` RENAME TO `t`',
		])
		expect(await refusalOf(await databaseOf(TABLE), folder)).toMatch(/^0000_m, statement 2: /)
	})

	it('is left to the migrations, where only those before it are taken over', async () => {
		const database = await databaseOf(`${TABLE}; INSERT INTO t VALUES (5, 'y')`)
		const folder = migrationsOf([TABLE], [`UPDATE t SET b = 'x'`])
		expect(await whyBaseline(database, folder)).toContain('--baseline')
		expect(await takeOver(database, { folder, until: '0000_m' })).toEqual({ noted: 1, added: [], left: 1 })
		expect(await whyBaseline(database, folder)).toBeUndefined()
		await expect(takeOver(database, { folder, until: '0009_m' })).rejects.toThrow(
			/no migration 0009_m.*0000_m, 0001_m/,
		)
	})

	it('is no reason for a baseline where nothing else is', async () => {
		const database = await databaseOf(TABLE)
		const folder = migrationsOf(['DROP TABLE t', TABLE])
		expect(await whyBaseline(database, folder)).toBeUndefined()
	})
})
