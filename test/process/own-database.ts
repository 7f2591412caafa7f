import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client/http'
import { type LibsqlServer, startLibsqlServer } from '../../scripts/libsql-server.ts'

/** A libSQL server of a test's own. */
export interface OwnDatabase extends LibsqlServer {
	client: Client
	/** All that it has: what it says of its tables, and their rows. */
	dump(): Promise<Dump>
}

export interface Dump {
	schema: object[]
	rows: Record<string, object[]>
}

/** With what this SQL makes in it. It takes its data with it. */
export async function startDatabase(sql = ''): Promise<OwnDatabase> {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-database-'))
	const server = await startLibsqlServer(folder)
	const client = createClient({ url: server.url })
	const all = async (query: string) => (await client.execute(query)).rows.map((row) => ({ ...row }))
	await client.executeMultiple(sql)
	return {
		...server,
		client,
		async dump() {
			const schema = await all('SELECT type, name, sql FROM sqlite_schema ORDER BY name')
			const tables = schema.filter(({ type }) => type === 'table').map(({ name }) => String(name))
			const rows = tables.map(async (name) => [name, await all(`SELECT rowid, * FROM "${name}"`)] as const)
			return { schema, rows: Object.fromEntries(await Promise.all(rows)) }
		},
		async stop() {
			await server.stop()
			rmSync(folder, { recursive: true, force: true })
		},
	}
}
