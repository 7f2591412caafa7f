import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'
import { getTableName } from 'drizzle-orm'
import type { TestProject } from 'vitest/node'
import { bundle } from '../scripts/bundle.ts'
import { type LibsqlServer, startLibsqlServer } from '../scripts/libsql-server.ts'
import { applyMigrations } from '../scripts/migrations.ts'
import { listen } from '../scripts/server.ts'
import { columnSubjects } from './heart/beside-drizzle/columns/index.ts'
import { realSubjects } from './heart/beside-drizzle/real-subjects.ts'
import type { Subject } from './heart/beside-drizzle/subject.ts'
import { valueTables } from './heart/values/support/tables.ts'
import { exampleKinds } from './support/example-kinds.ts'
import * as exampleTables from './support/example-tables.ts'
import * as keyTables from './support/key-tables.ts'
import { kinds, twinNames } from './support/kinds/index.ts'
import type { Kind } from './support/kinds/kind.ts'
import { kindParents, PARENTS } from './support/kinds/references.ts'
import type { OracleSettings } from './support/provided.ts'
import { NUMBERED_PARENTS, numberedParents, realKinds } from './support/real-tables.ts'
import * as referenceTables from './support/reference-tables.ts'
import * as schema from './support/schema.ts'

/** Starts a server of this name, whose tables are created so, and gives its address. */
type Serve = (name: string, create: (url: string) => Promise<void>) => Promise<string>

/**
 * Real libSQL servers for the whole run, on free ports, with data that goes with them. Tables that only some tests need
 * have one of their own: every connection to a database begins with a look at all tables there are.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	// What `[build]` in wrangler.toml runs, which the test pool leaves out.
	execFileSync(process.execPath, [join(import.meta.dirname, '../scripts/page-scripts.ts')])
	const dataDir = mkdtempSync(join(tmpdir(), 'edge-get-or-create-test-'))
	const servers: LibsqlServer[] = []
	const serve: Serve = async (name, create) => {
		const server = await startLibsqlServer(join(dataDir, name))
		servers.push(server)
		await applyMigrations(server)
		await create(server.url)
		return server.url
	}
	project.provide('databaseUrl', await serve('main', createShared))
	// The contract needs no others.
	if (project.name !== 'object') await provideOthers(project, serve)
	project.provide('oracle', oracleSettings())
	project.provide('bundle', await bundle('src/index.ts', dataDir))
	const silent = createServer()
	project.provide('silentUrl', `http://127.0.0.1:${await listen(silent)}`)
	return async () => {
		silent.close()
		await Promise.all(servers.map(async (server) => await server.stop()))
		rmSync(dataDir, { recursive: true, force: true })
	}
}

async function provideOthers(project: TestProject, serve: Serve): Promise<void> {
	project.provide('kindsUrl', await serve('kinds', async (url) => await createKinds(url, kinds)))
	project.provide(
		'allKindsUrl',
		await serve('all-kinds', async (url) => await createKinds(url, [...kinds, ...realKinds])),
	)
	project.provide(
		'realTablesUrl',
		await serve('real-tables', async (url) => await createTables(url, realSubjects)),
	)
	project.provide(
		'columnTypesUrl',
		await serve('column-types', async (url) => await createTables(url, columnSubjects)),
	)
	project.provide('valuesUrl', await serve('values', async (url) => await createTables(url, [], valueTables)))
	// Its tables are emptied.
	const examples = await serve('examples', async (url) => {
		const { customKeys, typedKeys } = exampleTables
		await createShared(url, { ...exampleTables, ...customKeys, ...typedKeys })
		await createKinds(url, exampleKinds, ([name]) => [name])
	})
	project.provide('examplesUrl', examples)
}

/** For many more histories, or those of another seed: by default the same commit has the same ones each time. */
function oracleSettings(): OracleSettings {
	const { ORACLE_RUNS, ORACLE_SEED, ORACLE_PATH } = process.env
	return {
		runs: Number(ORACLE_RUNS ?? 200),
		seed: Number(ORACLE_SEED ?? 1),
		path: ORACLE_PATH,
	}
}

/** The tables that most tests share, as drizzle-kit would make them, and what it can't make. */
async function createShared(url: string, more: Record<string, unknown> = {}): Promise<void> {
	const client = createClient({ url })
	await client.batch(await statementsFor({ ...schema, ...keyTables, ...referenceTables, ...more }), 'write')
	for (const name of ['triggers', 'reference-triggers']) {
		await client.executeMultiple(readFileSync(join(import.meta.dirname, `support/${name}.sql`), 'utf8'))
	}
}

/** Tables of these kinds, under these of the two names of each. */
async function createKinds(
	url: string,
	of: readonly Kind[],
	wanted: (names: [string, string]) => string[] = (names) => names,
): Promise<void> {
	const twins = of.flatMap((kind) => wanted(twinNames(kind)).map((name) => ({ kind, name })))
	const made = Object.fromEntries(
		twins.flatMap(({ kind, name }) => (kind.create ? [] : [[name, kind.table(name)]])),
	)
	const client = createClient({ url })
	await client.batch(await statementsFor({ kindParents, numberedParents, ...made }), 'write')
	for (const { kind, name } of twins) {
		await client.executeMultiple(`${kind.create?.(name) ?? ''}\n${kind.triggers?.(name) ?? ''}`)
	}
	await client.batch(
		[
			...PARENTS.map((code) => ({ sql: 'INSERT INTO kind_parents VALUES (?)', args: [code] })),
			...NUMBERED_PARENTS.map((id) => ({ sql: 'INSERT INTO numbered_parents VALUES (?)', args: [id] })),
		],
		'write',
	)
}

/** Tables that are held beside plain Drizzle, each under both of its names, and more. */
async function createTables(
	url: string,
	subjects: readonly Subject[],
	more: Record<string, unknown> = {},
): Promise<void> {
	const pairs = subjects.flatMap(({ served, plain, create }) =>
		[served, plain].map((table) => ({ name: getTableName(table), table, create })),
	)
	const made = pairs.flatMap(({ name, table, create }) => (create ? [] : [[name, table]]))
	const byHand = pairs.flatMap(({ name, create }) => create?.(name) ?? [])
	const statements = await statementsFor({ ...Object.fromEntries(made), ...more })
	await createClient({ url }).batch([...statements, ...byHand], 'write')
}

async function statementsFor(tables: Record<string, unknown>): Promise<string[]> {
	const [empty, full] = await Promise.all([generateSQLiteDrizzleJson({}), generateSQLiteDrizzleJson(tables)])
	return await generateSQLiteMigration(empty, full)
}
