import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'
import type { TestProject } from 'vitest/node'
import { bundle } from '../scripts/bundle.ts'
import { startLibsqlServer } from '../scripts/libsql-server.ts'
import { applyMigrations } from '../scripts/migrations.ts'
import { listen } from '../scripts/server.ts'
import * as schema from './support/schema.ts'

/** One real libSQL server for the whole run, on a free port, with data that goes with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	// What `[build]` in wrangler.toml runs, which the test pool leaves out.
	execFileSync(process.execPath, [join(import.meta.dirname, '../scripts/docs-bundle.ts')])
	const dataDir = mkdtempSync(join(tmpdir(), 'edge-get-or-create-test-'))
	const server = await startLibsqlServer(dataDir)
	await applyMigrations(server)
	await createTestTables(server.url)
	project.provide('databaseUrl', server.url)
	project.provide('bundle', await bundle('src/index.ts', dataDir))
	const silent = createServer()
	project.provide('silentUrl', `http://127.0.0.1:${await listen(silent)}`)
	return async () => {
		silent.close()
		await server.stop()
		rmSync(dataDir, { recursive: true, force: true })
	}
}

/** The test schema's tables, as drizzle-kit would make them. */
async function createTestTables(url: string): Promise<void> {
	const [empty, full] = await Promise.all([
		generateSQLiteDrizzleJson({}),
		generateSQLiteDrizzleJson({ ...schema }),
	])
	const client = createClient({ url })
	await client.batch(await generateSQLiteMigration(empty, full), 'write')
	await client.executeMultiple(readFileSync(join(import.meta.dirname, 'support/triggers.sql'), 'utf8'))
}
