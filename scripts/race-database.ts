import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { type LibsqlServer, startLibsqlServer } from './libsql-server.ts'
import { clientOf, type Database } from './migrations.ts'

/**
 * A libSQL server of its own, whose data goes with it, with a table like each of the database's and no index, key or rule
 * on any: on these select-then-insert makes doubles, at /race. Of the database it only reads what columns there are.
 */
export async function startRaceDatabase(like: Database): Promise<LibsqlServer> {
	const dataDir = mkdtempSync(join(tmpdir(), 'edge-get-or-create-race-'))
	const server = await startLibsqlServer(dataDir)
	const exited = server.exited.finally(() => rmSync(dataDir, { recursive: true, force: true }))
	await clientOf(server).batch(await bareTables(like), 'write')
	const stop = async () => {
		await server.stop()
		await exited
	}
	return { ...server, exited, stop }
}

const tables = v.array(v.object({ table: v.string(), name: v.string(), type: v.string() }))

const COLUMNS = `SELECT tables.name AS "table", columns.name, columns.type
	FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
	WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
	ORDER BY tables.name, columns.cid`

/** CREATE TABLE of each, with nothing but its columns and their types. */
async function bareTables(like: Database): Promise<string[]> {
	const { rows } = await clientOf(like).execute(COLUMNS)
	const byTable = Map.groupBy(v.parse(tables, rows), ({ table }) => table)
	return Array.from(byTable, ([table, columns]) => {
		const list = columns.map(({ name, type }) => `${quoted(name)} ${type}`)
		return `CREATE TABLE ${quoted(table)} (${list.join(', ')})`
	})
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`
}
