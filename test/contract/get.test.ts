import { beforeAll, describe, expect, it } from 'vitest'
import { call, fresh, post } from '../support/service'

describe('GET of one row', () => {
	const row = { name: fresh('carol'), email: fresh('carol') }
	let id = 0
	beforeAll(async () => {
		id = Number((await post('/users', row)).headers.get('location')?.split('/')[2])
	})

	it('answers it bare, by primary key and by any unique key', async () => {
		for (const path of [`/users/${id}`, `/users?id=${id}`, `/users?name=${row.name}&email=${row.email}`]) {
			const answer = await call(path)
			expect(answer.status).toBe(200)
			expect(answer.body).toEqual({ id, ...row })
			expect(answer.headers.get('server-timing')).toMatch(/^db;dur=\d/)
		}
	})

	it('answers HEAD with the headers alone', async () => {
		const answer = await call(`/users/${id}`, { method: 'HEAD' })
		expect([answer.status, answer.body]).toEqual([200, ''])
	})

	it('finds rows by boolean and time too', async () => {
		const account = { username: fresh('dan'), lastLogin: '2026-02-01T00:00:00.000Z', isSuperuser: true }
		await post('/accounts', account)
		const query = new URLSearchParams({ ...account, isSuperuser: 'true' })
		expect((await call(`/accounts?${query}`)).body).toEqual({ id: expect.any(Number), ...account })
		query.set('isSuperuser', 'false')
		expect((await call(`/accounts?${query}`)).status).toBe(404)
	})

	it.each([
		'/users/0',
		'/users/-1',
		'/users/abc',
		'/users/1.5',
		'/users/1e3',
		'/users/9007199254740992',
		'/users/99999999999999999999999999',
		'/users/1,2',
		'/users/%00',
		'/users/%',
		'/users/%FF',
		'/users/null',
		'/users/1%20or%201=1',
		'/users/',
		'/users/1/',
		'/users?name=nobody',
		'/nope',
		'/nope/1',
		'/__proto__',
		'/sqlite_schema',
	])('answers 404 at %s', async (path) => {
		const answer = await call(path)
		expect(answer.status).toBe(404)
		expect(answer.body).toMatchObject({ type: '/problems/not-found', status: 404 })
	})

	it.each(['?nope=1', '?id=abc', '?id=1&id=2', '?by=email', '?id=', '?name=%00', '?__proto__=1'])(
		'refuses the filter %s',
		async (query) => {
			const answer = await call(`/users${query}`)
			expect(answer.status).toBe(422)
			expect(answer.body).toMatchObject({ type: '/problems/invalid-parameter' })
		},
	)

	it('refuses a filter without a unique key, and none at all', async () => {
		for (const path of ['/accounts?isSuperuser=true', '/accounts']) {
			expect((await call(path)).body).toMatchObject({
				type: '/problems/not-a-unique-key',
				keys: [['id'], ['username']],
				detail: 'The filter must contain a unique key of accounts: id or username.',
			})
		}
	})

	it('refuses parameters on a path', async () => {
		expect((await call(`/users/${id}?name=x`)).status).toBe(422)
	})
})
