import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { resources } from '../../src/resources'
import { serve } from '../support/app'
import { context } from '../support/context'
import { call, callWith, fresh, json } from '../support/service'

const APP = 'https://app.example.com'
const LOCAL = 'http://localhost:5173'
const ALLOWED = { CORS_ORIGINS: `${APP}, ${LOCAL}` }

/** What a browser asks before it sends a request with a token. */
async function preflight(origin: string, path = '/users', settings: object = ALLOWED): Promise<Response> {
	const headers = {
		origin,
		'access-control-request-method': 'PUT',
		'access-control-request-headers': 'authorization,content-type,idempotency-key',
	}
	const bindings = { ...env, ...settings }
	return await serve(resources).request(path, { method: 'OPTIONS', headers }, bindings, context)
}

const listOf = (value: string | null) => value?.split(',').toSorted()
const corsHeaders = ({ headers }: { headers: Headers }) =>
	[...headers.keys()].filter((name) => name.startsWith('access-control-'))

describe('a page of another origin', () => {
	it.each([
		[APP, '/users'],
		[LOCAL, '/users'],
		[APP, '/users/1'],
	])('from %s may ask, without a token, whether it may call %s', async (origin, path) => {
		const { status, headers } = await preflight(origin, path)
		expect(status).toBe(204)
		expect(headers.get('access-control-allow-origin')).toBe(origin)
		expect(listOf(headers.get('access-control-allow-methods'))).toEqual(['GET', 'HEAD', 'POST', 'PUT'])
		expect(listOf(headers.get('access-control-allow-headers'))).toEqual([
			'Authorization',
			'Content-Type',
			'Idempotency-Key',
			'X-Request-Id',
		])
		expect(headers.get('access-control-max-age')).toBe('7200')
		expect(headers.get('x-request-id')).toMatch(/./)
		expect(headers.get('access-control-allow-credentials')).toBe(null)
		expect(headers.get('vary')).toContain('Origin')
	})

	it.each([
		'https://evil.example',
		`${APP}.evil.example`,
		'https://example.com',
		'http://app.example.com',
		'null',
	])('may not from %s', async (origin) => {
		expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(null)
		const { headers } = await callWith(ALLOWED, '/users/0', { headers: { origin } })
		expect(headers.get('access-control-allow-origin')).toBe(null)
		expect(headers.get('vary')).toContain('Origin')
	})

	it('may read the answer, also a refusal', async () => {
		const name = fresh('cors')
		const init = { ...json({ name, email: name }), method: 'POST' }
		const headers = { ...init.headers, origin: APP }
		const made = await callWith(ALLOWED, '/users', { ...init, headers })
		const refused = await callWith(ALLOWED, '/users', {
			...init,
			headers: { ...headers, authorization: '' },
		})
		const health = await callWith(ALLOWED, '/healthz', { headers: { origin: APP } })
		expect([made.status, refused.status, health.status]).toEqual([201, 401, 200])
		for (const answer of [made, refused, health]) {
			expect(answer.headers.get('access-control-allow-origin')).toBe(APP)
			expect(listOf(answer.headers.get('access-control-expose-headers'))).toEqual([
				'Idempotency-Replayed',
				'Location',
				'Retry-After',
				'Server-Timing',
				'WWW-Authenticate',
				'X-Request-Id',
			])
			expect(answer.headers.get('vary')).toContain('Origin')
		}
	})

	it.each([undefined, '', ' , '])('may not call where CORS_ORIGINS is %j', async (origins) => {
		const asked = await preflight(APP, '/users', { CORS_ORIGINS: origins })
		expect([asked.status, corsHeaders(asked)]).toEqual([401, []])
		const called = await callWith({ CORS_ORIGINS: origins }, '/users/0', { headers: { origin: APP } })
		expect([called.status, corsHeaders(called), called.headers.get('vary')]).toEqual([404, [], null])
	})

	it('may not call the service as it ships', async () => {
		expect(corsHeaders(await call('/users/0', { headers: { origin: APP } }))).toEqual([])
	})
})
