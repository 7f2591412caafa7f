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
import { startLibsqlServer } from '../scripts/libsql-server.ts'
import { applyMigrations } from '../scripts/migrations.ts'
import { listen } from '../scripts/server.ts'
import { columnSubjects } from './heart/beside-drizzle/columns/index.ts'
import { realSubjects } from './heart/beside-drizzle/real-subjects.ts'
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

/** One real libSQL server for the whole run, on a free port, with data that goes with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	// What `[build]` in wrangler.toml runs, which the test pool leaves out.
	execFileSync(process.execPath, [join(import.meta.dirname, '../scripts/page-scripts.ts')])
	const dataDir = mkdtempSync(join(tmpdir(), 'edge-get-or-create-test-'))
	const server = await startLibsqlServer(dataDir)
	await applyMigrations(server)
	await createTestTables(server.url, [...kinds, ...realKinds])
	project.provide('databaseUrl', server.url)
	// Apart, since every connection to a database begins with a look at all tables there are.
	const besideDrizzle = await startLibsqlServer(join(dataDir, 'beside-drizzle'))
	await applyMigrations(besideDrizzle)
	await createTablesBesideDrizzle(besideDrizzle.url)
	project.provide('besideDrizzleUrl', besideDrizzle.url)
	// Apart, since its tables are emptied.
	const examples = await startLibsqlServer(join(dataDir, 'examples'))
	await applyMigrations(examples)
	await createTestTables(examples.url, exampleKinds, ([name]) => [name], {
		...exampleTables,
		...exampleTables.customKeys,
		...exampleTables.typedKeys,
	})
	project.provide('examplesUrl', examples.url)
	project.provide('oracle', oracleSettings())
	project.provide('bundle', await bundle('src/index.ts', dataDir))
	const silent = createServer()
	project.provide('silentUrl', `http://127.0.0.1:${await listen(silent)}`)
	return async () => {
		silent.close()
		await server.stop()
		await besideDrizzle.stop()
		await examples.stop()
		rmSync(dataDir, { recursive: true, force: true })
	}
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

/** The tests' tables, as drizzle-kit would make them, and what it can't make. */
async function createTestTables(
	url: string,
	of: readonly Kind[],
	wanted: (names: [string, string]) => string[] = (names) => names,
	more: Record<string, unknown> = {},
): Promise<void> {
	const twins = of.flatMap((kind) => wanted(twinNames(kind)).map((name) => ({ kind, name })))
	const made = Object.fromEntries(
		twins.flatMap(({ kind, name }) => (kind.create ? [] : [[name, kind.table(name)]])),
	)
	const client = createClient({ url })
	const tables = {
		...schema,
		...keyTables,
		...referenceTables,
		kindParents,
		numberedParents,
		...made,
		...more,
	}
	await client.batch(await statementsFor(tables), 'write')
	for (const name of ['triggers', 'reference-triggers']) {
		await client.executeMultiple(readFileSync(join(import.meta.dirname, `support/${name}.sql`), 'utf8'))
	}
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

async function createTablesBesideDrizzle(url: string): Promise<void> {
	const pairs = [...realSubjects, ...columnSubjects].flatMap(({ served, plain, create }) =>
		[served, plain].map((table) => ({ name: getTableName(table), table, create })),
	)
	const made = pairs.flatMap(({ name, table, create }) => (create ? [] : [[name, table]]))
	const byHand = pairs.flatMap(({ name, create }) => create?.(name) ?? [])
	const statements = await statementsFor({ ...Object.fromEntries(made), ...valueTables })
	await createClient({ url }).batch([...statements, ...byHand], 'write')
}

async function statementsFor(tables: Record<string, unknown>): Promise<string[]> {
	const [empty, full] = await Promise.all([generateSQLiteDrizzleJson({}), generateSQLiteDrizzleJson(tables)])
	return await generateSQLiteMigration(empty, full)
}
