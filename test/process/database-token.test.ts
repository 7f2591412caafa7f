import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { startWorkerd } from '../../bench/workerd.ts'
import { workers } from '../../bench/workers.ts'
import { startLibsqlServer } from '../../scripts/libsql-server.ts'
import { applyMigrations } from '../../scripts/migrations.ts'
import { printedBy } from './printed.ts'

// A libSQL server that asks for tokens, as Turso does: what the service makes of good and bad ones, and tells of them.

const stops: (() => void | Promise<void>)[] = []
let folder = ''
let databaseUrl = ''
let privateKey: KeyObject

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-token-'))
	stops.push(() => rmSync(folder, { recursive: true, force: true }))
	const keys = generateKeyPairSync('ed25519')
	privateKey = keys.privateKey
	const keyFile = join(folder, 'public.pem')
	writeFileSync(keyFile, keys.publicKey.export({ type: 'spki', format: 'pem' }))
	const server = await startLibsqlServer(join(folder, 'data'), ['--auth-jwt-key-file', keyFile])
	stops.push(() => server.stop())
	databaseUrl = server.url
	await applyMigrations({ url: databaseUrl, authToken: databaseToken({ a: 'rw' }) })
}, 60_000)

afterAll(async () => {
	for (const stop of stops.toReversed()) await stop()
})

/** A JSON Web Token as Turso signs them: `a` is `rw` or `ro`. */
function databaseToken(claims: { a: 'rw' | 'ro'; exp?: number }, key = privateKey): string {
	const parts = [{ alg: 'EdDSA', typ: 'JWT' }, claims].map((part) =>
		Buffer.from(JSON.stringify(part)).toString('base64url'),
	)
	const signed = parts.join('.')
	return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
}

const API_TOKEN = 'a-token-of-a-caller'
const now = () => Math.floor(Date.now() / 1000)

/** The service with this token for the database, all that it answered and all that it printed. */
async function startService(token: string) {
	const definition = {
		...workers.ours,
		ready: '/problems',
		settings: { TURSO_AUTH_TOKEN: token, API_TOKENS: `other,${API_TOKEN}` },
	}
	const at = mkdtempSync(join(folder, 'worker-'))
	const worker = await startWorkerd(definition, inject('bundle'), databaseUrl, at)
	stops.push(() => worker.stop())
	const printed = printedBy(worker.process)
	let shown = ''
	const ask = async (method: string, path: string, body?: object) => {
		const response = await fetch(`${worker.origin}${path}`, {
			method,
			headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' },
			...(body ? { body: JSON.stringify(body) } : {}),
		})
		const text = await response.text()
		shown += `${JSON.stringify([...response.headers])}${text}\n`
		return { status: response.status, body: JSON.parse(text) as object }
	}
	return { ask, printed, shown: () => shown }
}

const ada = { username: 'ada' }
const misconfigured = {
	status: 500,
	body: {
		type: '/problems/misconfigured',
		title: 'The service is not configured',
		status: 500,
		detail: 'The service is not configured; its log says what is missing.',
		requestId: expect.any(String),
	},
}

describe('a database that asks for a token', () => {
	it('takes the right one, which shows nowhere', async () => {
		const token = databaseToken({ a: 'rw', exp: now() + 3600 })
		const { ask, printed, shown } = await startService(token)
		expect(await ask('GET', '/healthz')).toEqual({ status: 200, body: { status: 'ok' } })
		expect(await ask('POST', '/accounts', ada)).toMatchObject({ status: 201, body: { created: true } })
		expect(await ask('PUT', '/accounts', { ...ada, isSuperuser: true })).toMatchObject({ status: 200 })
		await vi.waitUntil(() => printed().includes('"outcome":"updated"'))
		expectNone(`${printed()}${shown()}`, token, API_TOKEN)
	})

	it('lets one that may only read read, and the log says that it may not write', async () => {
		const token = databaseToken({ a: 'ro' })
		const { ask, printed, shown } = await startService(token)
		expect(await ask('GET', '/accounts?username=ada')).toMatchObject({ status: 200, body: ada })
		expect(await ask('POST', '/accounts', { username: 'bob' })).toEqual(misconfigured)
		expect(await ask('POST', '/accounts', [{ username: 'bob' }, ada])).toEqual(misconfigured)
		expect(await ask('GET', '/accounts?username=bob')).toMatchObject({ status: 404 })
		expect(await ask('GET', '/healthz?read')).toMatchObject({ status: 200 })
		await vi.waitUntil(() => printed().includes('"outcome":"not-found"'))
		expect(causesIn(printed())).toEqual(
			Array(2).fill(expect.stringMatching(/^denied \(HTTP 403\): set TURSO_AUTH_TOKEN /)),
		)
		expectNone(`${printed()}${shown()}`, token, API_TOKEN)
	})

	it.each([
		['one that has expired', () => databaseToken({ a: 'rw', exp: now() - 3600 })],
		[
			'one that another has signed',
			() => databaseToken({ a: 'rw' }, generateKeyPairSync('ed25519').privateKey),
		],
		['nonsense', () => 'no-token-at-all'],
		['none', () => ''],
	])('refuses %s, which only the log tells', async (_, make) => {
		const token = make()
		const { ask, printed, shown } = await startService(token)
		expect(await ask('GET', '/healthz')).toEqual(misconfigured)
		expect(await ask('GET', '/accounts?username=ada')).toEqual(misconfigured)
		expect(await ask('POST', '/accounts', { username: 'bob' })).toEqual(misconfigured)
		await vi.waitUntil(() => causesIn(printed()).length === 3)
		expect(causesIn(printed())).toEqual(
			Array(3).fill(expect.stringMatching(/^denied \(HTTP 401\): set TURSO_AUTH_TOKEN /)),
		)
		expectNone(`${printed()}${shown()}`, token, API_TOKEN)
	})
})

/** What the log says of misconfigured requests. */
function causesIn(log: string): (string | undefined)[] {
	const lines = log.split('\n').filter((line) => line.includes('"outcome":"misconfigured"'))
	return lines.map((line) => /"cause":"DatabaseError: database call failed: (.+)"/.exec(line)?.[1])
}

/** Neither the tokens nor a part of one. */
function expectNone(text: string, ...tokens: string[]): void {
	const parts = tokens.flatMap((token) => token.split('.')).filter((part) => part !== '')
	for (const part of parts) expect(text).not.toContain(part)
}
