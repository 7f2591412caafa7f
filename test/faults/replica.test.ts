import { randomUUID } from 'node:crypto'
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
import { type Answer, ask, faultOf, type Sending } from './client.ts'

// A service whose database is a replica: every write goes on to the primary, and what that refuses comes back under one
// code for all (PROXY_ERROR), in the primary's words. Rules of a table have words of their own.

const RULES: [name: string, word: string, sql: string][] = [
	[
		'a CHECK',
		'checked',
		`CREATE TRIGGER rule_checked AFTER INSERT ON accounts WHEN NEW.username LIKE 'checked%'
		BEGIN INSERT INTO checked (value) VALUES (9); END`,
	],
	['a trigger', 'aborted', raising('aborted', 'no')],
	['a trigger that speaks of a lock', 'locked', raising('locked', 'this account is locked')],
	['a trigger that speaks of a block', 'blocked', raising('blocked', 'this account is blocked')],
	['a trigger that speaks of time', 'late', raising('late', 'the offer has timed out')],
	['a trigger that speaks of a status', 'status', raising('status', 'status: closed')],
	['a trigger that speaks of a disk', 'full', raising('full', 'the disk is full')],
]

function raising(word: string, message: string): string {
	return `CREATE TRIGGER rule_${word} BEFORE INSERT ON accounts WHEN NEW.username LIKE '${word}%'
		BEGIN SELECT RAISE(ABORT, '${message}'); END`
}

const DEADLINE_MS = 2000

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
	const client = createClient({ url: primary.url })
	await client.execute('CREATE TABLE checked (value INTEGER CHECK (value < 5))')
	for (const [, , sql] of RULES) await client.execute(sql)
	const replica = await startLibsqlServer(join(folder, 'replica'), ['--primary-grpc-url', `http://${grpc}`])
	stops.push(() => replica.stop())
	const settings = { DATABASE_TIMEOUT_MS: String(DEADLINE_MS) }
	const definition = { ...workers.ours, ready: '/problems', settings }
	service = await startWorkerd(definition, inject('bundle'), replica.url, join(folder, 'worker'))
	stops.push(() => service.stop())
}, 60_000)

afterAll(async () => {
	for (const stop of stops.toReversed()) await stop()
})

async function send(method: Sending['method'], path: string, body?: object, key?: string): Promise<Answer> {
	const headers = key === undefined ? {} : { 'idempotency-key': key }
	const answer = await ask(service.origin, { method, path, headers, ...(body ? { body } : {}) })
	expect(faultOf(answer)).toBeUndefined()
	return answer
}

const user = () => ({ name: randomUUID(), email: randomUUID() })

describe('behind a replica', () => {
	it('rows are made, found, updated and in conflict as at the primary', async () => {
		const row = user()
		expect(await send('POST', '/users', row)).toMatchObject({ status: 201, body: { created: true } })
		expect(await send('POST', '/users', row)).toMatchObject({ status: 200, body: { created: false } })
		expect(await send('POST', '/users', { ...row, name: randomUUID() })).toMatchObject({
			status: 409,
			body: { conflicts: [{ key: ['email'], differs: ['name'] }] },
		})
		expect(await send('PUT', '/users?by=email', { ...row, name: randomUUID() })).toMatchObject({
			status: 200,
			body: { updated: true },
		})
	})

	it('a row that was just made is found by whoever asks to get or create it', async () => {
		for (let turn = 0; turn < 10; turn++) {
			const row = user()
			const { body } = await send('POST', '/users', row)
			expect(await send('POST', '/users', row)).toMatchObject({
				body: { ...Object(body), created: false },
			})
		}
	})

	it('a repeat under a key is told what its first try did', async () => {
		const [key, row] = [randomUUID(), user()]
		for (const replayed of [null, 'true']) {
			const answer = await send('POST', '/users', row, key)
			expect(answer).toMatchObject({ status: 201, body: { row, created: true } })
			expect(answer.headers.get('idempotency-replayed')).toBe(replayed)
		}
	})

	it.each(RULES)('a row that %s refuses is told so at once, and nobody else notices', async (_, word) => {
		const bad = () => ({ username: `${word}-${randomUUID()}` })
		const good = () => ({ username: randomUUID() })
		const [one, many, ...neighbours] = await Promise.all([
			send('POST', '/accounts?by=username', bad()),
			send('PUT', '/accounts?by=username', [good(), bad(), good()]),
			...Array.from({ length: 5 }, async () => await send('POST', '/users', user())),
			...Array.from({ length: 5 }, async () => await send('POST', '/accounts?by=username', good())),
		])
		expect(one).toMatchObject({ status: 422, body: { type: '/problems/invalid-row' } })
		expect(many).toMatchObject({
			status: 200,
			body: [{ created: true }, { problem: { status: 422 } }, { created: true }],
		})
		expect(neighbours.map(({ status }) => status)).toEqual(neighbours.map(() => 201))
		expect(Math.max(...[one, many, ...neighbours].map(({ ms }) => ms))).toBeLessThan(1000)
	})

	it('health is 200 where the primary is there', async () => {
		expect((await send('GET', '/healthz')).status).toBe(200)
		expect((await send('GET', '/healthz?read')).status).toBe(200)
	})

	it('whose primary is gone reads work, writes end in time, and health tells', async () => {
		const row = user()
		await send('POST', '/users', row)
		// Until the replica has it.
		await expect.poll(async () => (await send('GET', `/users?email=${row.email}`)).status).toBe(200)
		await primary.kill()
		// One after the other: this server has one connection, which a write that hangs keeps.
		const read = async () => {
			expect(await send('GET', `/users?email=${row.email}`)).toMatchObject({ status: 200, body: row })
			expect((await send('GET', '/healthz?read')).status).toBe(200)
		}
		await read()
		const writes = Array.from({ length: 3 }, async () => await send('POST', '/users', user()))
		for (const { status, ms } of await Promise.all([...writes, send('GET', '/healthz')])) {
			expect([503, 504]).toContain(status)
			expect(ms).toBeLessThan(DEADLINE_MS + 500)
		}
		await read()
	})
})
