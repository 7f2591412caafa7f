import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'
import { startLibsqlServer } from '../../scripts/libsql-server.ts'

export interface TestDatabase {
	url: string
	/** How many rows a table has. */
	count(table: string): Promise<number>
	stop(): Promise<void>
}

/** A libSQL server of the test's own, with these tables. */
export async function startDatabase(tables: Record<string, unknown>): Promise<TestDatabase> {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-package-data-'))
	const server = await startLibsqlServer(folder)
	const client = createClient({ url: server.url })
	const [empty, full] = await Promise.all([generateSQLiteDrizzleJson({}), generateSQLiteDrizzleJson(tables)])
	await client.batch(await generateSQLiteMigration(empty, full), 'write')
	return {
		url: server.url,
		async count(table) {
			const { rows } = await client.execute(`SELECT count(*) AS count FROM ${table}`)
			return Number(rows[0]?.['count'])
		},
		async stop() {
			await server.stop()
			rmSync(folder, { recursive: true, force: true })
		},
	}
}
