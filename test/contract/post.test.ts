import { describe, expect, it } from 'vitest'
import { call, fresh, post } from '../support/service'

const alice = () => ({ name: fresh('alice'), email: `${fresh('alice')}@example.com` })

describe('POST of one row', () => {
	it('makes the row, then finds it', async () => {
		const row = alice()
		const made = await post('/users', row)
		expect(made.status).toBe(201)
		expect(made.body).toEqual({ row: { id: expect.any(Number), ...row }, created: true })
		const found = await post('/users', row)
		expect(found.status).toBe(200)
		expect(found.body).toEqual({ ...(made.body as object), created: false })
		expect(found.headers.get('location')).toBeNull()
	})

	it('says where the new row is', async () => {
		const row = alice()
		const made = await post('/users', row)
		const location = made.headers.get('location') ?? ''
		expect(location).toMatch(/^\/users\/\d+$/)
		const read = await call(location)
		expect(read.status).toBe(200)
		expect(read.body).toEqual({ id: Number(location.split('/')[2]), ...row })
	})

	it('asks by the columns of ?by= and takes the others for creation only', async () => {
		const row = alice()
		await post('/users', row)
		const found = await post('/users?by=email', { name: fresh('renamed'), email: row.email })
		expect(found.status).toBe(200)
		expect(found.body).toEqual({ row: { id: expect.any(Number), ...row }, created: false })
	})

	it('names the key that another row holds and what differs there, without its values', async () => {
		const [one, two] = [alice(), alice()]
		await post('/users', one)
		await post('/users', two)
		const sameName = await post('/users', { name: one.name, email: fresh('new') })
		expect(sameName.status).toBe(409)
		expect(sameName.body).toEqual({
			type: '/problems/conflict',
			title: expect.any(String),
			status: 409,
			detail: 'Another row holds the same name. Nothing was written.',
			requestId: sameName.headers.get('x-request-id'),
			conflicts: [{ key: ['name'], differs: ['email'] }],
		})
		const both = await post('/users', { name: one.name, email: two.email })
		expect(both.body).toMatchObject({
			conflicts: [
				{ key: ['name'], differs: ['email'] },
				{ key: ['email'], differs: ['name'] },
			],
		})
		expect(JSON.stringify(both.body)).not.toContain('example.com')
	})

	it('reports a conflict over a key outside by', async () => {
		const row = alice()
		await post('/users', row)
		const answer = await post('/users?by=email', { name: row.name, email: fresh('new') })
		expect(answer.status).toBe(409)
		expect(answer.body).toMatchObject({ conflicts: [{ key: ['name'], differs: ['email'] }] })
	})

	it('reports a row found by id whose other columns differ', async () => {
		const row = alice()
		const id = Number((await post('/users', row)).headers.get('location')?.split('/')[2])
		const answer = await post('/users', { id, name: fresh('x'), email: fresh('x') })
		expect(answer.body).toMatchObject({ conflicts: [{ key: ['id'], differs: ['name', 'email'] }] })
	})

	it('fills in defaults, and carries timestamps, booleans and null', async () => {
		const username = fresh('bob')
		const made = await post('/accounts', { username })
		expect(made.body).toEqual({
			row: { id: expect.any(Number), username, lastLogin: null, isSuperuser: false },
			created: true,
		})
		const full = { username: fresh('root'), lastLogin: '2026-01-31T12:00:00.000Z', isSuperuser: true }
		const other = await post('/accounts', full)
		expect(other.body).toEqual({ row: { id: expect.any(Number), ...full }, created: true })
		expect((await post('/accounts', full)).body).toMatchObject({ row: full, created: false })
		const elsewhere = { ...full, lastLogin: '2026-01-31T13:00:00+01:00' }
		expect((await post('/accounts', elsewhere)).status).toBe(200)
		const differing = await post('/accounts', { ...full, isSuperuser: false })
		expect(differing.body).toMatchObject({ conflicts: [{ key: ['username'], differs: ['isSuperuser'] }] })
	})

	it('neither accepts nor returns a hidden column', async () => {
		const answer = await post('/accounts', { username: fresh('eve'), password: 'x' })
		expect(answer.status).toBe(422)
		expect(answer.body).toMatchObject({ errors: [{ pointer: '/password', detail: 'is not a column' }] })
		expect((await post('/accounts?by=password', { username: fresh('eve') })).status).toBe(422)
		expect((await call('/accounts?password=*')).status).toBe(422)
	})

	it('takes a body without a content type for JSON', async () => {
		const body = new TextEncoder().encode(JSON.stringify(alice()))
		expect((await call('/users', { body })).status).toBe(201)
	})

	it('stores any well-formed text as it is', async () => {
		const row = { name: fresh(`é"\\'\u2028👩‍👩‍👧`), email: fresh(`'; DROP TABLE users; --`) }
		expect((await post('/users', row)).body).toMatchObject({ row, created: true })
		expect((await post('/users', row)).body).toMatchObject({ row, created: false })
	})
})

describe('what by may be', () => {
	it('refuses columns without a unique key and lists what would do', async () => {
		const answer = await post('/accounts?by=isSuperuser,lastLogin', { username: fresh('x') })
		expect(answer.status).toBe(422)
		expect(answer.body).toMatchObject({ type: '/problems/not-a-unique-key', keys: [['id'], ['username']] })
		expect((await post('/users', alice(), {})).status).toBe(201)
	})

	it('takes a key with further columns beside it', async () => {
		const username = fresh('ann')
		await post('/accounts', { username })
		expect((await post('/accounts?by=isSuperuser,username', { username, isSuperuser: false })).status).toBe(
			200,
		)
	})

	it.each(['nope', 'email,nope', '', 'email,', '__proto__', 'constructor'])('refuses ?by=%s', async (by) => {
		const answer = await post(`/users?by=${by}`, alice())
		expect(answer.status).toBe(422)
		expect(answer.body).toMatchObject({ type: '/problems/invalid-parameter' })
	})

	it.each([
		'by=username,isSuperuser',
		'by=username%2CisSuperuser',
		'by=username&by=isSuperuser',
		'by[]=username&by[]=isSuperuser',
		'by%5B%5D=username&by%5b%5d=isSuperuser',
		'by=username&by[]=isSuperuser&by=username,isSuperuser',
	])('takes a list as ?%s', async (query) => {
		const [username, lastLogin] = [fresh('list'), '2026-01-31T12:00:00.000Z']
		const path = `/accounts?${query}`
		expect(await post(path, { username, isSuperuser: true })).toMatchObject({ status: 201 })
		expect(await post(path, { username, isSuperuser: true, lastLogin })).toMatchObject({ status: 200 })
		expect(await post(path, { username, isSuperuser: false })).toMatchObject({
			status: 409,
			body: { conflicts: [{ key: ['username'], differs: ['isSuperuser'] }] },
		})
	})

	it('takes null for null beside a key that decides', async () => {
		const username = fresh('x')
		const never = { username, lastLogin: null }
		expect(await post('/accounts?by=username,lastLogin', never)).toMatchObject({ status: 201 })
		expect(await post('/accounts', never)).toMatchObject({ status: 200, body: { created: false } })
		const once = { username, lastLogin: '2026-01-31T12:00:00Z' }
		expect(await post('/accounts', once)).toMatchObject({
			status: 409,
			body: { conflicts: [{ key: ['username'], differs: ['lastLogin'] }] },
		})
	})

	it('refuses a null in the only key, and a row that lacks a column of by', async () => {
		const isNull = await post('/accounts?by=username', { username: null })
		expect(isNull.status).toBe(422)
		expect(isNull.body).toMatchObject({
			errors: expect.arrayContaining([{ pointer: '/username', detail: expect.any(String) }]),
		})
		const lacking = await post('/users?by=id', alice())
		expect(lacking.body).toMatchObject({ errors: [{ pointer: '/id', detail: 'is missing' }] })
	})
})
