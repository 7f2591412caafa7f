import { eq, or } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { users } from '../../src/schema'
import type { Answer } from '../support/document'
import { call, database, fresh, post } from '../support/service'

const refusal = (answer: Answer) => {
	expect(answer.headers.get('content-type')).toBe('application/problem+json')
	expect(answer.body).toMatchObject({
		title: expect.any(String),
		detail: expect.any(String),
		requestId: answer.headers.get('x-request-id'),
	})
	return [answer.status, (answer.body as { type: string }).type]
}

describe('bad input', () => {
	it.each(['', ' ', '{', '{"name":}', 'undefined', "{'name':'x'}", '{"a":1}{"a":1}', '[1,', '\u0000'])(
		'answers 400 to the body %j',
		async (body) => {
			const headers = { 'content-type': 'application/json' }
			expect(refusal(await call('/users', { method: 'POST', body, headers }))).toEqual([
				400,
				'/problems/malformed-json',
			])
		},
	)

	it('answers 400 to invalid UTF-8', async () => {
		const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
		expect(refusal(await call('/users', { body }))).toEqual([400, '/problems/malformed-json'])
	})

	it.each([
		['null', null, ['']],
		['a number', 1, ['']],
		['text', 'x', ['']],
		['nothing', {}, ['/name', '/email']],
		['wrong types', { name: 1, email: ['x'] }, ['/name', '/email']],
		['null for text', { name: null, email: 'x' }, ['/name']],
		['text that is too long', { name: 'x'.repeat(51), email: 'x' }, ['/name']],
		['an unknown column', { name: 'x', email: 'x', age: 3 }, ['/age']],
		['every fault at once', { name: 5, age: 3, sex: 4 }, ['/name', '/age', '/sex', '/email']],
		['half a surrogate pair', { name: '\ud800', email: 'x' }, ['/name']],
		['U+0000', { name: 'a\u0000b', email: 'x' }, ['/name']],
		['an id that is text', { id: '1', name: 'x', email: 'x' }, ['/id']],
		['an id with a fraction', { id: 1.5, name: 'x', email: 'x' }, ['/id']],
		['an id that is too large', { id: 2 ** 53, name: 'x', email: 'x' }, ['/id']],
		['an id that leaves too few to give', { id: 2 ** 52 + 1, name: 'x', email: 'x' }, ['/id']],
		['an id of null', { id: null, name: 'x', email: 'x' }, ['/id']],
		['a pointer to escape', { 'a/b~c': 1, name: 'x', email: 'x' }, ['/a~1b~0c']],
	])('answers 422 to %s', async (_, body, pointers) => {
		const answer = await post('/users', body)
		expect(refusal(answer)).toEqual([422, '/problems/invalid-row'])
		const { errors } = answer.body as { errors: { pointer: string; detail: string }[] }
		expect(errors.map(({ pointer }) => pointer)).toEqual(pointers)
	})

	it('answers 422 to __proto__ and constructor as columns', async () => {
		for (const name of ['__proto__', 'constructor', 'toString']) {
			const answer = await call('/users', {
				body: `{"name":"x","email":"x","${name}":{"id":1}}`,
				headers: { 'content-type': 'application/json' },
			})
			expect(refusal(answer)).toEqual([422, '/problems/invalid-row'])
		}
	})

	it.each([
		'2026-01-31',
		'2026-13-01T00:00:00Z',
		'2026-02-30T00:00:00Z',
		'2026-01-01T24:00:01Z',
		'2026-01-01T24:00:00Z',
		'0000-01-01T00:00:00+23:59',
		'9999-12-31T23:59:59-23:59',
		'2026-01-01T00:00:00+99:00',
		'yesterday',
		1769860800,
		'2026-01-31T12:00:00',
		true,
	])('answers 422 to %j as a time', async (lastLogin) => {
		expect(refusal(await post('/accounts', { username: fresh('x'), lastLogin }))).toEqual([
			422,
			'/problems/invalid-row',
		])
	})

	it('counts characters as SQLite does: 50 emoji fit, 51 do not', async () => {
		const username = Array.from({ length: 150 }, () => '🦊').join('')
		expect((await post('/accounts?by=username', { username })).status).toBeLessThan(300)
		expect((await post('/accounts?by=username', { username: `${username}x` })).status).toBe(422)
	})

	it('answers 413 to a body over 1 MiB, announced or streamed', async () => {
		const body = JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024), email: 'x' })
		expect(refusal(await post('/users', JSON.parse(body)))).toEqual([413, '/problems/payload-too-large'])
		const stream = new Blob([body]).stream()
		expect(refusal(await call('/users', { body: stream }))).toEqual([413, '/problems/payload-too-large'])
	})

	it.each([
		['application/x-www-form-urlencoded', undefined],
		['text/plain', undefined],
		['application/jsonp', undefined],
		['application/json', 'gzip'],
	])('answers 415 to %s with encoding %s', async (type, encoding) => {
		const headers = { 'content-type': type, ...(encoding ? { 'content-encoding': encoding } : {}) }
		const answer = await call('/users', { body: '{"name":"x","email":"x"}', headers })
		expect(refusal(answer)).toEqual([415, '/problems/unsupported-media-type'])
	})

	it.each([
		'?nope=1',
		'?update=name',
		'?update[]=name',
		'?by=email&x',
		'?=email',
		'?[]=email',
		'?__proto__=email',
		'?by=email&by=',
		'?by=email&by[]=',
		'?by[]',
		'?by[]=email,',
		'?by[0]=email',
		'?by[][]=email',
		'?by[=email',
		'?by=email&by[]=nope',
	])('answers 422 to %s', async (query) => {
		expect(refusal(await post(`/users${query}`, { name: 'x', email: 'x' }))).toEqual([
			422,
			'/problems/invalid-parameter',
		])
	})

	it('cuts a long word of the caller, and no character of it', async () => {
		const answer = await post(`/users?${'x'.repeat(49)}${encodeURIComponent('🦊')}=1`, {
			name: 'x',
			email: 'x',
		})
		expect(refusal(answer)).toEqual([422, '/problems/invalid-parameter'])
		expect((answer.body as { detail: string }).detail.isWellFormed()).toBe(true)
	})

	it('refuses deep nesting where text is wanted', async () => {
		const body = `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)},"email":"x"}`
		const answer = await call('/users', { body, headers: { 'content-type': 'application/json' } })
		expect(refusal(answer)).toEqual([422, '/problems/invalid-row'])
	})

	it('never changed any data', async () => {
		const left = await database()
			.select()
			.from(users)
			.where(or(eq(users.name, 'x'), eq(users.email, 'x')))
		expect(left).toEqual([])
	})
})
