import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client'
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'
import { drizzle, type LibSQLDatabase } from 'drizzle-orm/libsql'
import { startDatabase } from '../process/own-database.ts'
import * as schema from '../support/schema'

/** A database of a test's own, with the tables of schema.ts. */
export interface Opened {
	db: LibSQLDatabase & { $client: Client }
	close: () => Promise<void>
}

const TRIGGERS = `${readFileSync(join(import.meta.dirname, '../support/triggers.sql'), 'utf8')}
CREATE TRIGGER audited_end BEFORE INSERT ON audited WHEN NEW.name LIKE 'final%' BEGIN
	SELECT RAISE(ROLLBACK, 'all of it');
END;`

/** What makes the tables. */
export async function tablesSql(): Promise<string> {
	const [empty, full] = await Promise.all([generateSQLiteDrizzleJson({}), generateSQLiteDrizzleJson(schema)])
	return [...(await generateSQLiteMigration(empty, full)), TRIGGERS].join('\n')
}

async function opened(client: Client, sql: string, close: () => Promise<unknown> | void): Promise<Opened> {
	await client.executeMultiple(sql)
	return {
		db: drizzle(client),
		async close() {
			client.close()
			await close()
		},
	}
}

async function inMemory(sql: string): Promise<Opened> {
	return await opened(createClient({ url: ':memory:' }), sql, () => {})
}

export async function inFile(sql: string): Promise<Opened> {
	const folder = newFolder()
	const client = createClient({ url: `file:${join(folder, 'rows.db')}` })
	return await opened(client, `PRAGMA foreign_keys = ON; ${sql}`, () => removeFolder(folder))
}

async function overHttp(sql: string): Promise<Opened> {
	const server = await startDatabase()
	return await opened(createClient({ url: server.url }), sql, async () => await server.stop())
}

export const KINDS = [
	['in memory', inMemory],
	['in a file', inFile],
	['over HTTP', overHttp],
] as const

export function newFolder(): string {
	return mkdtempSync(join(tmpdir(), 'edge-get-or-create-files-'))
}

export function removeFolder(folder: string): void {
	rmSync(folder, { recursive: true, force: true })
}
