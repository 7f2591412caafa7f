import { inArray } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { BatchRefusedError, getOrCreateMany, updateOrCreateMany } from '../../src/get-or-create'
import { users } from '../../src/schema'
import { ROWS } from '../support/bindings'
import { type Call, call, database, fresh, json, post } from '../support/service'

const user = (word = 'atomic') => ({ name: fresh(word), email: fresh(word) })
type User = ReturnType<typeof user>
const send = async (rows: unknown, { method = 'POST', headers = {} }: Call = {}) => {
	const sent = json(rows)
	return await call('/users?by=email&atomic=true', {
		...sent,
		method,
		headers: { ...sent.headers, ...headers },
	})
}
/** Which of these are there. */
async function stored(rows: readonly User[]): Promise<{ name: string; email: string }[]> {
	const emails = rows.map(({ email }) => email)
	const { name, email } = users
	return await database().select({ name, email }).from(users).where(inArray(email, emails)).orderBy(users.id)
}
const refusedAt = (...indexes: number[]) => ({
	status: 422,
	body: {
		type: '/problems/batch-refused',
		refused: indexes.map((index) => ({
			index,
			problem: expect.objectContaining({ title: expect.any(String) }),
		})),
	},
})

describe('an array whose rows are done all or none', () => {
	it('is answered as any other where none is refused', async () => {
		const [one, two] = [user(), user()]
		expect(await send([one, two, one])).toMatchObject({
			status: 200,
			body: [
				{ row: one, created: true },
				{ row: two, created: true },
				{ row: one, created: false },
			],
		})
		expect(await send([])).toMatchObject({ status: 200, body: [] })
	})

	it('leaves nothing where one is refused, and no id is used up', async () => {
		const holder = user()
		await post('/users', holder)
		const [one, two] = [user(), user()]
		const before = await post('/users', user())
		const conflicting = { name: holder.name, email: fresh('atomic') }
		const answer = await send([one, conflicting, two])
		expect(answer).toMatchObject(refusedAt(1))
		expect(answer.body).toMatchObject({
			refused: [{ problem: { status: 409, conflicts: [{ key: ['name'], differs: ['email'] }] } }],
		})
		expect(await stored([one, two])).toEqual([])
		const idOf = ({ body }: { body: unknown }) => (body as { row: { id: number } }).row.id
		const after = await post('/users', user())
		// Other tests make rows too, but not a thousand of them meanwhile.
		expect(idOf(after) - idOf(before)).toBeLessThan(1000)
	})

	it('names every row that the database refuses, and those that it need not be asked about', async () => {
		const holder = user()
		await post('/users', holder)
		const [one, two] = [user(), user()]
		const conflicting = () => ({ name: holder.name, email: fresh('atomic') })
		expect(await send([conflicting(), one, conflicting(), two])).toMatchObject(refusedAt(0, 2))
		expect(await send([one, { name: 5 }, two, { email: 'x' }])).toMatchObject(refusedAt(1, 3))
		expect(await stored([one, two])).toEqual([])
	})

	it('undoes updates that came before the row that is refused', async () => {
		const [one, holder] = [user(), user()]
		await send([one, holder])
		const renamed = { email: one.email, name: fresh('renamed') }
		const refused = { email: fresh('atomic'), name: holder.name }
		expect(await send([renamed, refused], { method: 'PUT' })).toMatchObject(refusedAt(1))
		expect(await stored([one])).toEqual([one])
		expect(await send([renamed], { method: 'PUT' })).toMatchObject({
			body: [{ row: renamed, updated: true }],
		})
	})

	it('may be a thousand, of which the last is refused', async () => {
		const holder = user()
		await post('/users', holder)
		const rows = Array.from({ length: 999 }, () => user())
		expect(await send([...rows, { ...user(), name: holder.name }])).toMatchObject(refusedAt(999))
		expect(await stored(rows.slice(0, 50))).toEqual([])
		expect(await send(rows)).toMatchObject({ status: 200 })
		expect(await stored(rows.slice(0, 50))).toHaveLength(50)
	})

	it('is nothing to the others who share its transaction', async () => {
		const holder = user()
		await post('/users', holder)
		const good = Array.from({ length: 20 }, () => user())
		const bad = Array.from({ length: 10 }, () => [user(), { ...user(), name: holder.name }])
		const [singles, arrays] = await Promise.all([
			Promise.all(good.map(async (row) => await post('/users?by=email', row))),
			Promise.all(bad.map(async (rows) => await send(rows))),
		])
		expect(singles.map(({ status }) => status)).toEqual(good.map(() => 201))
		for (const answer of arrays) expect(answer).toMatchObject(refusedAt(1))
		expect(await stored(bad.flatMap(([row]) => row ?? []))).toEqual([])
	})

	it('is told the same under its key, and may be mended where it was refused', async () => {
		const holder = user()
		await post('/users', holder)
		const rows = [user(), user()]
		const under = (key: string): Call => ({ headers: { 'idempotency-key': key } })
		const done = fresh('key')
		const first = await send(rows, under(done))
		const again = await send(rows, under(done))
		expect(again.body).toEqual(first.body)
		expect(again.headers.get('idempotency-replayed')).toBe('true')
		const [key, conflicting] = [fresh('key'), [user(), { ...user(), name: holder.name }]]
		expect(await send(conflicting, under(key))).toMatchObject(refusedAt(1))
		expect(await send(conflicting, under(key))).toMatchObject(refusedAt(1))
		expect(await stored(conflicting)).toEqual([])
		expect(await send(rows, under(key))).toMatchObject({
			status: 200,
			body: [{ created: false }, { created: false }],
		})
	})

	it('makes no difference to a row by itself, and can be no stream', async () => {
		expect((await send(user())).status).toBe(201)
		const lines = { ...json(JSON.stringify(user()), 'application/x-ndjson'), method: 'POST' }
		for (const path of [
			'/users?atomic=true',
			'/users?atomic=1',
			'/users?atomic=',
			'/users?atomic=true,false',
		]) {
			expect(await call(path, lines)).toMatchObject({
				status: 422,
				body: { type: '/problems/invalid-parameter' },
			})
		}
		expect(await call('/users?atomic=false', { ...json([user(), {}]), method: 'POST' })).toMatchObject({
			status: 200,
		})
	})
})

describe('rows that are done all or none in TypeScript', () => {
	it('are thrown as what was refused, also in a transaction, which goes on', async () => {
		const holder = user()
		await post('/users', holder)
		const [one, two] = [user(), user()]
		const conflicting = { ...user(), name: holder.name }
		const db = database()
		const options = { by: ['email'], atomic: true } as const
		const error: unknown = await getOrCreateMany(db, users, [one, conflicting], options).catch(
			(thrown) => thrown,
		)
		expect(error).toBeInstanceOf(BatchRefusedError)
		expect(error).toMatchObject({ refused: [{ index: 1, error: { name: 'ConflictError' } }] })
		await db.transaction(async (tx) => {
			await expect(updateOrCreateMany(tx, users, [one, conflicting], options)).rejects.toThrow(
				BatchRefusedError,
			)
			await getOrCreateMany(tx, users, [two], options)
		})
		expect(await stored([one, two])).toEqual([two])
		const tooMany = Array.from({ length: 1001 }, () => user())
		await expect(getOrCreateMany(db, users, tooMany, options)).rejects.toThrow(RangeError)
	})

	it('are thrown over RPC too, with plain errors', async () => {
		const holder = user()
		await post('/users', holder)
		const rows = [user(), { ...user(), name: holder.name }]
		// What RPC promises may be asked for more than once, and then each is refused: it is awaited first.
		const asked = async () => await ROWS.getOrCreateMany('users', rows, { by: ['email'], atomic: true })
		await expect(asked()).rejects.toMatchObject({
			name: 'BatchRefusedError',
			refused: [
				{ index: 1, error: { name: 'ConflictError', conflicts: [{ key: ['name'], differs: ['email'] }] } },
			],
		})
		expect(await stored(rows)).toEqual([])
	})
})
