import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { drizzle } from 'drizzle-orm/libsql/http'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import * as v from 'valibot'

const migrationsFolder = join(import.meta.dirname, '../drizzle')

export interface Database {
	url: string
	authToken?: string | undefined
}

export interface Migration {
	/** Of its file: `0000_create_users`. */
	name: string
	statements: readonly string[]
	/** What Drizzle notes of it in the database's journal. */
	hash: string
	createdAt: number
}

const journal = v.pipe(
	v.string(),
	v.parseJson(),
	v.object({ entries: v.array(v.object({ tag: v.string() })) }),
)

/** Applies what is pending, all in one transaction: twice is as good as once. Returns how many there were. */
export async function applyMigrations(database: Database): Promise<number> {
	const pending = await pendingMigrations(database)
	if (pending > 0) await migrate(drizzle(clientOf(database)), { migrationsFolder })
	return pending
}

/** How many migrations the database lacks. Changes nothing. */
export async function pendingMigrations(database: Database): Promise<number> {
	const last = Math.max(0, ...(await notedIn(database)))
	return readMigrations().filter(({ createdAt }) => createdAt > last).length
}

/** The migrations of this folder, in their order. */
export function readMigrations(folder = migrationsFolder): Migration[] {
	const { entries } = v.parse(journal, readFileSync(join(folder, 'meta/_journal.json'), 'utf8'))
	return readMigrationFiles({ migrationsFolder: folder }).map(({ sql, hash, folderMillis }, i) => ({
		name: entries[i]?.tag ?? String(i),
		statements: sql,
		hash,
		createdAt: folderMillis,
	}))
}

/** When the migrations were made that the database's journal notes as applied. */
export async function notedIn(database: Database): Promise<Set<number>> {
	const client = clientOf(database)
	const { rows: known } = await client.execute(
		`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '__drizzle_migrations'`,
	)
	const { rows } =
		known.length > 0 ? await client.execute('SELECT created_at FROM __drizzle_migrations') : { rows: [] }
	return new Set(rows.map((row) => Number(row[0])))
}

export function clientOf({ url, authToken }: Database) {
	return createClient({ url, ...(authToken ? { authToken } : {}) })
}
