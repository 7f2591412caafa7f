import { exports } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import type { resources } from '../../src/resources'
import { causeOf } from '../../src/service/log'
import type { Rpc } from '../../src/service/served'
import { callWith, database, fresh, json } from '../support/service'
import { ask } from '../support/tables'

const printed: { stream: string; line: string }[] = []

beforeEach(() => {
	printed.length = 0
	vi.spyOn(console, 'log').mockImplementation((line) => void printed.push({ stream: 'log', line }))
	vi.spyOn(console, 'error').mockImplementation((line) => void printed.push({ stream: 'error', line }))
})

afterEach(() => void vi.restoreAllMocks())

/** The one line that was printed since the last one was taken. */
function takeLine(): unknown {
	const [only, ...more] = printed.splice(0)
	expect(more).toEqual([])
	const line: unknown = JSON.parse(only?.line ?? '')
	expect(line).toMatchObject({ level: only?.stream === 'error' ? 'error' : 'info' })
	return line
}

const ms = expect.any(Number)
const alice = () => ({ name: fresh('alice'), email: fresh('alice') })

/** What every line has, and what it has where the database was asked. */
const common = { level: 'info', requestId: 'the-id', method: 'POST', route: '/users', ms }
const asked = { ...common, databaseMs: ms, commit: 'isolate', batch: expect.any(Number) }
const withId = { headers: { 'x-request-id': 'the-id', 'content-type': 'application/json' } }

describe('the line of a request', () => {
	it('says what became of a row', async () => {
		const row = alice()
		const send = async (method: string, body: object, path = '/users') =>
			await callWith({}, path, { ...withId, method, body: JSON.stringify(body) })
		await send('POST', row)
		expect(takeLine()).toEqual({ ...asked, status: 201, outcome: 'created' })
		await send('POST', row)
		expect(takeLine()).toEqual({ ...asked, status: 200, outcome: 'found' })
		await send('PUT', { ...row, email: fresh('new') }, '/users?by=name')
		expect(takeLine()).toEqual({ ...asked, method: 'PUT', status: 200, outcome: 'updated' })
		await send('POST', row)
		expect(takeLine()).toEqual({ ...asked, status: 409, outcome: 'conflict' })
		const keyed = { ...withId, method: 'POST', body: JSON.stringify(alice()) }
		const headers = { ...withId.headers, 'idempotency-key': fresh('k') }
		for (const outcome of ['created', 'replayed']) {
			await callWith({}, '/users', { ...keyed, headers })
			expect(takeLine()).toEqual({ ...asked, status: 201, outcome })
		}
		await callWith({}, `/users?name=${row.name}`, withId)
		const { commit: _, batch: __, ...read } = asked
		expect(takeLine()).toEqual({ ...read, method: 'GET', status: 200, outcome: 'found' })
	})

	it('is there for each success, or for the share of them that LOG_SUCCESSES sets', async () => {
		const lines = async (share: string, count: number) => {
			for (let i = 0; i < count; i++) await callWith({ LOG_SUCCESSES: share }, '/openapi.json')
			return printed.splice(0).length
		}
		expect(await lines('1', 3)).toBe(3)
		expect(await lines('', 3)).toBe(3)
		expect(await lines('0', 50)).toBe(0)
		const half = await lines('0.5', 200)
		expect(half).toBeGreaterThan(40)
		expect(half).toBeLessThan(160)
	})

	it('is there for whatever was refused or has failed, of how many successes ever', async () => {
		const row = alice()
		const few = { LOG_SUCCESSES: '0' }
		await callWith(few, '/users', json(row))
		expect(printed).toEqual([])
		await callWith(few, '/users', json({ ...row, email: fresh('other') }))
		expect(takeLine()).toMatchObject({ status: 409, outcome: 'conflict' })
		const settings = { ...few, TURSO_DATABASE_URL: 'http://127.0.0.1:1', DATABASE_TIMEOUT_MS: '300' }
		await callWith(settings, '/users', json([row]))
		expect(takeLine()).toMatchObject({ level: 'error', status: 503, cause: expect.any(String) })
	})

	it('counts what became of the rows of an array', async () => {
		const [one, two] = [alice(), alice()]
		const rows = [one, two, one, { ...one, email: fresh('other') }, { name: 1 }]
		await callWith({}, '/users', { ...withId, body: JSON.stringify(rows) })
		const counts = { created: 2, found: 1, conflict: 1, 'invalid-row': 1 }
		expect(takeLine()).toEqual({ ...asked, status: 200, outcome: 'answered', rows: counts })
	})

	it.each([
		['GET', '/docs', 200, '/docs', 'answered'],
		['HEAD', '/openapi.json', 200, '/openapi.json', 'answered'],
		['GET', '/problems/conflict', 200, '/problems/:slug', 'answered'],
		['GET', '/docs/nope', 404, '/docs/:script', 'not-found'],
		['GET', '/secret?secret=1', 404, '/*', 'not-found'],
		['DELETE', '/users/secret', 405, '/users/:key', 'method-not-allowed'],
		['GET', '/users?secret=1', 422, '/users', 'invalid-parameter'],
	])('has of %s %s the route alone', async (method, path, status, route, outcome) => {
		await callWith({}, path, { ...withId, method })
		expect(takeLine()).toEqual({ ...common, method, status, route, outcome })
	})

	it.each([
		[500, { API_TOKENS: '' }, 'MisconfiguredError: API_TOKENS is not set'],
		[503, { TURSO_DATABASE_URL: 'http://127.0.0.1:1' }, /^DatabaseError: .* unreachable/],
		[504, { TURSO_DATABASE_URL: inject('silentUrl') }, /^DatabaseError: .* unknown \(/],
	])('says what a %i came from', async (status, settings, cause) => {
		const answer = await callWith({ DATABASE_TIMEOUT_MS: '300', ...settings }, '/users', json(alice()))
		expect(answer.status).toBe(status)
		expect(takeLine()).toMatchObject({ level: 'error', status, cause: expect.stringMatching(cause) })
	})

	it('says what failed for one row of many', async () => {
		const rows = JSON.stringify([{ name: 1 }, alice()])
		const settings = { TURSO_DATABASE_URL: inject('silentUrl'), DATABASE_TIMEOUT_MS: '300' }
		const type = 'application/x-ndjson'
		await callWith(settings, '/users', json(rows.slice(1, -1).replace('},{', '}\n{'), type))
		expect(takeLine()).toMatchObject({
			level: 'error',
			status: 200,
			outcome: 'answered',
			rows: { 'invalid-row': 1, 'database-timeout': 1 },
			cause: expect.stringContaining('unknown ('),
		})
	})

	it('names the column of a value that can not be read, and not the value', async () => {
		const label = fresh('sample')
		await database().run(sql`INSERT INTO samples (label, payload) VALUES (${label}, 'secret')`)
		expect(await ask('GET', `/samples?label=${label}`)).toMatchObject({ status: 500 })
		const line = takeLine()
		expect(line).toMatchObject({
			outcome: 'internal',
			cause: expect.stringMatching(/^UnreadableError: samples.payload holds /),
		})
		expect(JSON.stringify(line)).not.toContain('secret')
	})

	it('names an error that is not ours by where it came from: its message may hold a value', () => {
		const cause = causeOf(new SyntaxError('"secret" is not JSON'))
		expect(cause).toMatch(/^SyntaxError at /)
		expect(cause).not.toContain('secret')
	})
})

describe('the line of a call over RPC', () => {
	const rows = (exports as unknown as { GetOrCreate: Rpc<typeof resources> }).GetOrCreate

	it('has the same, without what only HTTP has', async () => {
		const row = alice()
		await rows.getOrCreate('users', row)
		const line = { level: 'info', rpc: 'get-or-create', table: 'users', outcome: 'answered', ms }
		expect(takeLine()).toEqual({ ...line, commit: 'isolate', batch: 1, databaseMs: ms, rows: { created: 1 } })
		await rows.updateOrCreateMany('users', [row, { ...row, email: fresh('new') }], { by: ['name'] })
		expect(takeLine()).toMatchObject({ rpc: 'update-or-create', rows: { found: 1, updated: 1 } })
	})

	it('says what a failure came from', async () => {
		// @ts-expect-error: not a table that is served
		const call = async () => await rows.getOrCreateMany('secret', [])
		await expect(call).rejects.toThrow('no table')
		expect(takeLine()).toEqual({
			level: 'error',
			rpc: 'get-or-create',
			outcome: 'internal',
			ms,
			cause: expect.stringMatching(/^Error at \S*run /),
		})
	})
})
