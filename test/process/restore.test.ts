import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { afterAll, expect, inject, it } from 'vitest'
import { startWorkerd } from '../../bench/workerd.ts'
import { workers } from '../../bench/workers.ts'
import { startLibsqlServer } from '../../scripts/libsql-server.ts'
import { applyMigrations, clientOf } from '../../scripts/migrations.ts'

// What docs/operations.md says of backups of a libSQL server of one's own. `.backup` of SQLite's shell, which is not
// everywhere, and Node's `backup` are the same function of SQLite's.

const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-restore-'))
const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
afterAll(async () => {
	for (const stop of stops.toReversed()) await stop()
})

/** A server over this data, and the service over that. */
async function start(name: string) {
	const server = await startLibsqlServer(join(folder, name))
	stops.push(async () => await server.stop())
	await applyMigrations(server)
	const definition = { ...workers.ours, ready: '/problems' }
	const worker = await startWorkerd(definition, inject('bundle'), server.url, join(folder, `${name}-worker`))
	stops.push(async () => await worker.stop())
	const post = async (
		user: string,
		key: string,
	): Promise<{ status: number; replayed: boolean; body: unknown }> => {
		const response = await fetch(`${worker.origin}/users`, {
			method: 'POST',
			headers: { authorization: 'Bearer bench', 'content-type': 'application/json', 'idempotency-key': key },
			body: JSON.stringify({ name: user, email: `${user}@example.com` }),
		})
		const replayed = response.headers.has('idempotency-replayed')
		return { status: response.status, replayed, body: await response.json() }
	}
	return { client: clientOf(server), post }
}

it('a copy made while callers write is of one moment, to the bit, and the service goes on from there', async () => {
	const { client, post } = await start('live')
	await client.execute('CREATE TABLE measured (id INTEGER PRIMARY KEY, value REAL)')
	await client.execute('INSERT INTO measured (value) VALUES (?)', [13.60846])
	const before = await post('before', 'key-before')

	const over = new AbortController()
	let written = 0
	const writing = (async () => {
		while (!over.signal.aborted) {
			written++
			await client.batch(
				[written, -written].map((value) => ({
					sql: 'INSERT INTO measured (value) VALUES (?)',
					args: [value],
				})),
				'write',
			)
		}
	})()
	const data = new DatabaseSync(join(folder, 'live/libsql/dbs/default/data'), { readOnly: true })
	const copy = join(folder, 'rows.db')
	// Without a transaction that has read, the copy would begin again with every write of the server's.
	data.exec('BEGIN')
	data.prepare('SELECT count(*) FROM sqlite_schema').get()
	await backup(data, copy, { rate: 1 })
	data.close()
	over.abort()
	await writing
	await post('after', 'key-after')

	mkdirSync(join(folder, 'restored/libsql/dbs/default'), { recursive: true })
	cpSync(copy, join(folder, 'restored/libsql/dbs/default/data'))
	const restored = await start('restored')
	const { rows } = await restored.client.execute(
		'SELECT count(*), sum(CASE id WHEN 1 THEN 0 ELSE value END), max(CASE id WHEN 1 THEN value END) FROM measured',
	)
	expect(Number(rows[0]?.[0]) % 2).toBe(1)
	expect([rows[0]?.[1], rows[0]?.[2]]).toEqual([0, 13.60846])
	expect(await restored.post('before', 'key-before')).toEqual({ ...before, replayed: true })
	expect(await restored.post('after', 'key-after')).toMatchObject({
		status: 201,
		replayed: false,
		body: { created: true },
	})
}, 60_000)
