import { describe, expect, it } from 'vitest'
import type { Answer } from '../support/document'
import { call, fresh, post } from '../support/service'

const put = async (path: string, row: unknown): Promise<Answer> =>
	await call(path, {
		method: 'PUT',
		body: JSON.stringify(row),
		headers: { 'content-type': 'application/json' },
	})

const idOf = (answer: Answer) => (answer.body as { row: { id: number } }).row.id

describe('PUT of one row', () => {
	it('makes the row, leaves it where nothing differs, and updates what does', async () => {
		const username = fresh('put')
		const made = await put('/accounts?by=username', { username, isSuperuser: true })
		expect(made.status).toBe(201)
		expect(made.headers.get('location')).toBe(`/accounts/${idOf(made)}`)
		const row = { id: idOf(made), username, lastLogin: null, isSuperuser: true }
		expect(made.body).toEqual({ row, created: true, updated: false })
		const same = await put('/accounts?by=username', { username, isSuperuser: true })
		expect([same.status, same.body]).toEqual([200, { row, created: false, updated: false }])
		const lastLogin = '2026-05-01T00:00:00.000Z'
		const changed = await put('/accounts?by=username', { username, lastLogin })
		expect([changed.status, changed.body]).toEqual([
			200,
			{ row: { ...row, lastLogin }, created: false, updated: true },
		])
		const cleared = await put('/accounts', { username, lastLogin: null })
		expect(cleared.body).toEqual({ row, created: false, updated: true })
	})

	it('goes by the primary key where the body has it, and may then give a part of the row', async () => {
		const row = { name: fresh('put'), email: fresh('put') }
		const id = idOf(await post('/users', row))
		const name = fresh('renamed')
		const renamed = await put('/users', { id, name })
		expect(renamed.body).toEqual({ row: { id, name, email: row.email }, created: false, updated: true })
	})

	it('goes by every unique key that the body covers, which must agree', async () => {
		const [one, two] = [
			{ name: fresh('put'), email: fresh('put') },
			{ name: fresh('put'), email: fresh('put') },
		]
		await post('/users', one)
		await post('/users', two)
		expect((await put('/users', one)).body).toMatchObject({ created: false, updated: false })
		const crossed = await put('/users', { name: one.name, email: two.email })
		expect(crossed.status).toBe(409)
		expect(crossed.body).toMatchObject({
			conflicts: [
				{ key: ['name'], differs: ['email'] },
				{ key: ['email'], differs: ['name'] },
			],
		})
	})

	it('sets only the columns of ?update=', async () => {
		const username = fresh('put')
		await put('/accounts', { username })
		const answer = await put('/accounts?by=username&update=lastLogin', {
			username,
			isSuperuser: true,
			lastLogin: '2026-05-02T00:00:00.000Z',
		})
		expect(answer.body).toMatchObject({
			row: { isSuperuser: false, lastLogin: '2026-05-02T00:00:00.000Z' },
			updated: true,
		})
		const made = await put('/accounts?by=username&update=lastLogin', {
			username: fresh('put'),
			isSuperuser: true,
			lastLogin: null,
		})
		expect(made.body).toMatchObject({ row: { isSuperuser: true }, created: true })
	})

	it.each(['update=lastLogin&update=isSuperuser', 'update[]=lastLogin&update%5B%5D=isSuperuser'])(
		'takes a list as ?%s',
		async (query) => {
			const row = { username: fresh('put'), isSuperuser: true, lastLogin: '2026-05-02T00:00:00.000Z' }
			await put('/accounts', { username: row.username })
			const answer = await put(`/accounts?by[]=username&${query}`, row)
			expect(answer.body).toMatchObject({ row, updated: true })
		},
	)

	it('leaves everything as it was where another row holds the new value', async () => {
		const [one, two] = [
			{ name: fresh('put'), email: fresh('put') },
			{ name: fresh('put'), email: fresh('put') },
		]
		const id = idOf(await post('/users', one))
		await post('/users', two)
		const answer = await put('/users?by=email', { email: one.email, name: two.name })
		expect(answer.status).toBe(409)
		expect(answer.body).toMatchObject({ conflicts: [{ key: ['name'], differs: ['email'] }] })
		expect((await call(`/users/${id}`)).body).toEqual({ id, ...one })
	})

	it('moves a primary key only where update names it', async () => {
		const row = { name: fresh('put'), email: fresh('put') }
		const old = idOf(await post('/users', row))
		const id = old + 1_000_000
		const unmoved = { row: { id: old, ...row }, created: false, updated: false }
		expect((await put('/users?by=email', { id, email: row.email })).body).toEqual(unmoved)
		expect((await put('/users?by=email&update=id', { id, email: row.email })).body).toEqual({
			row: { id, ...row },
			created: false,
			updated: true,
		})
	})

	it('refuses a body that covers no unique key, and a by that holds none', async () => {
		for (const path of ['/accounts', '/accounts?by=isSuperuser']) {
			const answer = await put(path, { isSuperuser: true })
			expect(answer.body).toMatchObject({
				type: '/problems/not-a-unique-key',
				status: 422,
				keys: [['id'], ['username']],
			})
		}
		expect((await put('/users', {})).body).toMatchObject({ type: '/problems/not-a-unique-key' })
	})

	it('names what a new row would need', async () => {
		const answer = await put('/users', { id: 900_000_001, name: fresh('put') })
		expect(answer.status).toBe(422)
		expect(answer.body).toMatchObject({ errors: [{ pointer: '/email', detail: expect.any(String) }] })
	})

	it('refuses what update may not name', async () => {
		const row = { username: fresh('put') }
		expect((await put('/accounts?update=nope', row)).body).toMatchObject({
			type: '/problems/invalid-parameter',
		})
		expect((await put('/accounts?update=password', row)).body).toMatchObject({
			type: '/problems/invalid-parameter',
		})
		expect((await put('/accounts?update=lastLogin', row)).body).toMatchObject({
			errors: [{ pointer: '/lastLogin', detail: 'is missing' }],
		})
	})

	it('makes one row and one creator when a hundred PUTs and POSTs race for a key', async () => {
		const username = fresh('race')
		const answers = await Promise.all(
			Array.from({ length: 100 }, (_, i) =>
				i % 2 === 0
					? put('/accounts?by=username', { username, isSuperuser: i % 4 === 0 })
					: post('/accounts?by=username', { username }),
			),
		)
		expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(99)
		expect(new Set(answers.map(idOf)).size).toBe(1)
	})
})
