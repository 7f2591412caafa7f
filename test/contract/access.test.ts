import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { resources } from '../../src/resources'
import { PROBLEMS } from '../../src/service/http/problem'
import { serve } from '../support/app'
import { call, callWith, fresh, post } from '../support/service'

describe('access', () => {
	it.each([
		{},
		{ authorization: '' },
		{ authorization: 'Bearer' },
		{ authorization: 'Bearer wrong' },
		{ authorization: 'Bearer first-toke' },
		{ authorization: 'Bearer first-token2' },
		{ authorization: 'Bearer first-token, second-token' },
		{ authorization: 'Basic first-token' },
		{ authorization: 'first-token' },
		{ authorization: 'Bearer é' },
	])('refuses %j', async (headers) => {
		const answer = await call('/users', { method: 'POST', headers: { authorization: '', ...headers } })
		expect(answer.status).toBe(401)
		expect(answer.headers.get('www-authenticate')).toBe('Bearer')
		expect(answer.body).toMatchObject({ type: '/problems/unauthorized', status: 401 })
	})

	it('takes any of the tokens', async () => {
		for (const token of ['first-token', 'second-token']) {
			const row = { name: fresh('t'), email: fresh('t') }
			expect((await post('/users', row, { authorization: `Bearer ${token}` })).status).toBe(201)
		}
	})

	it.each(['first-token', 'second-token', 'wrong', 'first-toke'])(
		'takes as long to decide on %s as on any other: each token is compared, whole',
		async (token) => {
			const compare = vi.spyOn(crypto.subtle, 'timingSafeEqual')
			await callWith({}, '/users/0', { headers: { authorization: `Bearer ${token}` } })
			const lengths = compare.mock.calls.map(([presented, expected]) => [
				presented.byteLength,
				expected.byteLength,
			])
			compare.mockRestore()
			expect(lengths).toEqual([
				[token.length, token.length],
				[token.length, token.length],
			])
		},
	)
})

describe('a service that is not configured', () => {
	const ask = async (bindings: object, path = '/users/1') =>
		await serve(resources).request(path, { headers: { authorization: 'Bearer x' } }, bindings)

	it.each([
		['API_TOKENS', { API_TOKENS: undefined }],
		['API_TOKENS', { API_TOKENS: '' }],
		['API_TOKENS', { API_TOKENS: ' , ' }],
		['TURSO_DATABASE_URL', { TURSO_DATABASE_URL: '' }],
		['TURSO_DATABASE_URL', { TURSO_DATABASE_URL: 'file:local.db' }],
		['API_TOKENS', { API_TOKENS: 'good-token, SECRET!' }],
		['LOG_SUCCESSES', { LOG_SUCCESSES: '1.1' }],
		['LOG_SUCCESSES', { LOG_SUCCESSES: '-0.1' }],
		['LOG_SUCCESSES', { LOG_SUCCESSES: 'none' }],
		['DATABASE_TIMEOUT_MS', { DATABASE_TIMEOUT_MS: 'soon' }],
		['DATABASE_TIMEOUT_MS', { DATABASE_TIMEOUT_MS: '5' }],
		['DATABASE_TIMEOUT_MS', { DATABASE_TIMEOUT_MS: '-6000' }],
		['DATABASE_TIMEOUT_MS', { DATABASE_TIMEOUT_MS: '1500.5' }],
		['DATABASE_TIMEOUT_MS', { DATABASE_TIMEOUT_MS: '9e15' }],
		['TURSO_AUTH_TOKEN', { TURSO_AUTH_TOKEN: 'SECRET\n' }],
		['TURSO_AUTH_TOKEN', { TURSO_AUTH_TOKEN: '', TURSO_DATABASE_URL: 'http://db?authToken=SECRET%0a' }],
		['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
		['CORS_ORIGINS', { CORS_ORIGINS: 'null' }],
		['CORS_ORIGINS', { CORS_ORIGINS: 'app.example.com' }],
		['CORS_ORIGINS', { CORS_ORIGINS: 'https://app.example.com/' }],
		['CORS_ORIGINS', { CORS_ORIGINS: 'https://*.example.com' }],
		['CORS_ORIGINS', { CORS_ORIGINS: 'https://app.example.com, https://App.example.com' }],
	])('is closed, and only its log says that %s is at fault', async (setting, change) => {
		const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
		const response = await ask({ ...env, ...change })
		expect(response.status).toBe(500)
		const body = await response.text()
		expect(JSON.parse(body)).toMatchObject({ type: '/problems/misconfigured' })
		expect(body).not.toContain(setting)
		expect(log.mock.calls.flat().join()).toContain(setting)
		expect(log.mock.calls.flat().join()).not.toContain('SECRET')
		log.mockRestore()
	})
})

describe('every answer', () => {
	it("carries the caller's request id where it is a sane one", async () => {
		const answer = await call('/healthz', { headers: { 'x-request-id': 'abc-123' } })
		expect(answer.headers.get('x-request-id')).toBe('abc-123')
	})

	it.each(['a b', '<script>', 'x'.repeat(300)])('carries an id of its own instead of %s', async (id) => {
		const answer = await call('/nope', { headers: { 'x-request-id': id } })
		const own = answer.headers.get('x-request-id')
		expect(own).toMatch(/^[\w-]{36}$/)
		expect(answer.body).toMatchObject({ requestId: own })
	})

	it('from a table says how long the database took', async () => {
		const made = await post('/users', { name: fresh('u'), email: fresh('u') })
		expect(made.headers.get('server-timing')).toMatch(/^db;dur=\d+(\.\d+)?$/)
		expect((await post('/users', {})).headers.get('server-timing')).toBe('db;dur=0')
	})
})

describe('public paths', () => {
	it('answers /healthz without a token', async () => {
		const answer = await call('/healthz', { headers: { authorization: '' } })
		expect([answer.status, answer.body]).toEqual([200, { status: 'ok' }])
	})

	it.each(Object.keys(PROBLEMS))('explains %s', async (slug) => {
		const answer = await call(`/problems/${slug}`, { headers: { authorization: '' } })
		expect(answer.status).toBe(200)
		expect(answer.body).toContain(slug)
	})

	it('knows no other problem', async () => {
		expect((await call('/problems/nope')).status).toBe(404)
	})

	it.each([
		['DELETE', '/users', 'GET, HEAD, POST, PUT'],
		['PATCH', '/users', 'GET, HEAD, POST, PUT'],
		['OPTIONS', '/users', 'GET, HEAD, POST, PUT'],
		['POST', '/users/1', 'GET, HEAD'],
		['DELETE', '/users/1', 'GET, HEAD'],
		['POST', '/healthz', 'GET, HEAD'],
		['PUT', '/problems/conflict', 'GET, HEAD'],
	])('refuses %s %s', async (method, path, allow) => {
		const answer = await call(path, { method })
		expect(answer.status).toBe(405)
		expect(answer.headers.get('allow')).toBe(allow)
		expect(answer.body).toMatchObject({ type: '/problems/method-not-allowed' })
	})
})
