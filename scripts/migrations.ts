import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { drizzle } from 'drizzle-orm/libsql/http'
import { migrate } from 'drizzle-orm/libsql/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'

const migrationsFolder = join(import.meta.dirname, '../drizzle')

export interface Database {
	url: string
	authToken?: string | undefined
}

/** Applies what is pending, all in one transaction: twice is as good as once. Returns how many there were. */
export async function applyMigrations(database: Database): Promise<number> {
	const pending = await pendingMigrations(database)
	if (pending > 0) await migrate(drizzle(clientOf(database)), { migrationsFolder })
	return pending
}

/** How many migrations the database lacks. Changes nothing. */
export async function pendingMigrations(database: Database): Promise<number> {
	const client = clientOf(database)
	const { rows: known } = await client.execute(
		`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '__drizzle_migrations'`,
	)
	const { rows } =
		known.length > 0 ? await client.execute('SELECT max(created_at) FROM __drizzle_migrations') : { rows: [] }
	const last = Number(rows[0]?.[0] ?? 0)
	return readMigrationFiles({ migrationsFolder }).filter(({ folderMillis }) => folderMillis > last).length
}

function clientOf({ url, authToken }: Database) {
	return createClient({ url, ...(authToken ? { authToken } : {}) })
}
