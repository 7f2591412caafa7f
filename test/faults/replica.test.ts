import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Running, startWorkerd } from '../../bench/workerd.ts'
import { workers } from '../../bench/workers.ts'
import { type LibsqlServer, startLibsqlServer } from '../../scripts/libsql-server.ts'
import { applyMigrations } from '../../scripts/migrations.ts'
import { freePort } from '../../scripts/server.ts'
import { ask, faultOf } from './client.ts'

// A service whose database is a replica: every write goes on to the primary, which has its own words for what it refuses.

const stops: (() => void | Promise<void>)[] = []
let primary: LibsqlServer
let service: Running

beforeAll(async () => {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-replica-'))
	stops.push(() => rmSync(folder, { recursive: true, force: true }))
	const grpc = `127.0.0.1:${await freePort()}`
	primary = await startLibsqlServer(join(folder, 'primary'), ['--grpc-listen-addr', grpc])
	stops.push(() => primary.stop())
	await applyMigrations(primary)
	await createClient({ url: primary.url }).execute(
		`CREATE TRIGGER rule BEFORE INSERT ON accounts WHEN NEW.username LIKE 'bad%' BEGIN SELECT RAISE(ABORT, 'no'); END`,
	)
	const replica = await startLibsqlServer(join(folder, 'replica'), ['--primary-grpc-url', `http://${grpc}`])
	stops.push(() => replica.stop())
	const definition = { ...workers.ours, ready: '/problems', settings: { DATABASE_TIMEOUT_MS: '2000' } }
	service = await startWorkerd(definition, inject('bundle'), replica.url, join(folder, 'worker'))
	stops.push(() => service.stop())
}, 60_000)

afterAll(async () => {
	for (const stop of stops.toReversed()) await stop()
})

const call = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => {
	const answer = await ask(service.origin, { method, path, ...(body ? { body } : {}) })
	expect(faultOf(answer)).toBeUndefined()
	return answer
}

describe('behind a replica', () => {
	it('rows are made, found, updated and refused as at the primary', async () => {
		const user = { name: 'ada', email: 'ada@example.com' }
		expect(await call('POST', '/users', user)).toMatchObject({ status: 201 })
		expect(await call('POST', '/users', user)).toMatchObject({ status: 200, body: { created: false } })
		expect(await call('POST', '/users', { ...user, name: 'eve' })).toMatchObject({
			status: 409,
			body: { conflicts: [{ key: ['email'], differs: ['name'] }] },
		})
		expect(await call('POST', '/accounts', { username: 'bad' })).toMatchObject({ status: 422 })
		const rows = ['a', 'bad one', 'b'].map((username) => ({ username }))
		expect((await call('PUT', '/accounts', rows)).body).toMatchObject([
			{ created: true },
			{ problem: { status: 422 } },
			{ created: true },
		])
		expect(await call('GET', '/healthz')).toMatchObject({ status: 200 })
	})

	it('and a dead primary reads work, writes end in time, and health tells', async () => {
		await primary.kill()
		expect(await call('GET', '/users?name=ada')).toMatchObject({ status: 200 })
		expect([503, 504]).toContain((await call('POST', '/accounts', { username: 'c' })).status)
		expect([503, 504]).toContain((await call('GET', '/healthz')).status)
		expect(await call('GET', '/healthz?read')).toMatchObject({ status: 200 })
	})
})
