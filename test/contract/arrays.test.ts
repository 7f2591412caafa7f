import { gte } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { users } from '../../src/schema'
import type { Answer } from '../support/document'
import { call, database, fresh, post } from '../support/service'

const put = async (path: string, rows: unknown): Promise<Answer> =>
	await call(path, {
		method: 'PUT',
		body: JSON.stringify(rows),
		headers: { 'content-type': 'application/json' },
	})

type Item = { row: Record<string, unknown>; created: boolean; updated?: boolean }
const items = (answer: Answer) => answer.body as Item[]

describe('an array of rows', () => {
	it('is answered in order, each row as it would have been alone', async () => {
		const [a, b] = [fresh('arr'), fresh('arr')]
		await post('/users', { name: b, email: b })
		const answer = await post('/users?by=email', [
			{ name: a, email: a },
			{ name: fresh('other'), email: b },
			{ name: b, email: fresh('arr') },
			{ name: 5, email: 'x' },
			'nonsense',
			{ name: fresh('arr'), email: a },
		])
		expect(answer.status).toBe(200)
		expect(answer.body).toEqual([
			{ row: { id: expect.any(Number), name: a, email: a }, created: true },
			{ row: { id: expect.any(Number), name: b, email: b }, created: false },
			{
				problem: expect.objectContaining({ status: 409, conflicts: [{ key: ['name'], differs: ['email'] }] }),
			},
			{
				problem: expect.objectContaining({
					status: 422,
					errors: [{ pointer: '/name', detail: 'must be text' }],
				}),
			},
			{
				problem: expect.objectContaining({
					status: 422,
					errors: [{ pointer: '', detail: 'must be a JSON object' }],
				}),
			},
			{ row: { id: expect.any(Number), name: a, email: a }, created: false },
		])
	})

	it('makes one row of rows for one key, and the first of them is its creator', async () => {
		const username = fresh('twin')
		const rows = [{ username }, { username }, { username, isSuperuser: false }, { username }]
		const created = items(await post('/accounts?by=username', rows)).map((item) => item.created)
		expect(created).toEqual([true, false, false, false])
	})

	it('takes a thousand rows of mixed shapes, and a thousand again', async () => {
		const prefix = fresh('bulk')
		const rows = Array.from({ length: 1000 }, (_, i) => ({
			username: `${prefix}-${i}`,
			...(i % 2 ? { isSuperuser: true } : {}),
			...(i % 3 ? { lastLogin: '2026-05-01T00:00:00.000Z' } : {}),
		}))
		const made = items(await post('/accounts?by=username', rows))
		expect(made.map(({ row, created }) => [row.username, created])).toEqual(
			rows.map(({ username }) => [username, true]),
		)
		const found = items(await post('/accounts?by=username', rows))
		expect(found).toEqual(made.map((item) => ({ ...item, created: false })))
	})

	it('applies rows of a PUT in order: the last wins, and each sees its own effect', async () => {
		const username = fresh('order')
		const times = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-02T00:00:00.000Z']
		const answer = await put(
			'/accounts?by=username',
			times.map((lastLogin) => ({ username, lastLogin })),
		)
		expect(items(answer).map(({ row, created, updated }) => [row.lastLogin, created, updated])).toEqual([
			[times[0], true, false],
			[times[1], false, true],
			[times[2], false, false],
		])
	})

	it('keeps the order of updates that pass a unique value on', async () => {
		const [a, b, c] = [fresh('pass'), fresh('pass'), fresh('pass')]
		const email = (name: string) => `${name}@example.com`
		await post('/users', [
			{ name: a, email: email(a) },
			{ name: b, email: email(b) },
		])
		const passed = await put('/users?by=email', [
			{ email: email(a), name: c },
			{ email: email(b), name: a },
		])
		expect(items(passed).map(({ updated }) => updated)).toEqual([true, true])
		const refused = await put('/users?by=email', [
			{ email: email(a), name: a },
			{ email: email(b), name: b },
			{ email: email(a), name: a },
		])
		expect(refused.body).toMatchObject([{ problem: { status: 409 } }, { updated: true }, { updated: true }])
	})

	it('makes a row with a value that another gives up only where that one stands before it', async () => {
		const [there, made] = [fresh('up'), fresh('up')]
		await post('/users', { name: there, email: there })
		const giving = { name: fresh('up'), email: there }
		const taking = { name: there, email: made }
		const conflict = { problem: { status: 409, conflicts: [{ key: ['name'], differs: ['email'] }] } }
		const given = { row: giving, created: false, updated: true }
		expect((await put('/users?by=email', [taking, giving])).body).toMatchObject([conflict, given])
		await put('/users?by=email', { name: there, email: there })
		expect((await put('/users?by=email', [giving, taking])).body).toMatchObject([
			given,
			{ row: taking, created: true },
		])
	})

	it('may be empty, and is refused over a thousand rows', async () => {
		expect((await post('/users', [])).body).toEqual([])
		const many = await post(
			'/users',
			Array.from({ length: 1001 }, () => ({})),
		)
		expect([many.status, many.body]).toEqual([
			413,
			expect.objectContaining({ type: '/problems/payload-too-large' }),
		])
	})
})

describe('rows of an array that are named by different keys', () => {
	it('apply in their order where they are one row', async () => {
		for (const type of ['application/json', 'application/x-ndjson']) {
			const username = fresh('u')
			const made = await post('/accounts', { username, isSuperuser: true })
			const { id } = (made.body as { row: { id: number } }).row
			const rows = [
				{ username, isSuperuser: true },
				{ id, isSuperuser: false },
				{ username, isSuperuser: true },
			]
			const body =
				type === 'application/json'
					? JSON.stringify(rows)
					: rows.map((row) => `${JSON.stringify(row)}\n`).join('')
			await call('/accounts', { method: 'PUT', body, headers: { 'content-type': type } })
			expect((await call(`/accounts?username=${username}`)).body).toMatchObject({ isSuperuser: true })
		}
	})

	it('do not take the id that a row before them was given', async () => {
		const last = (await post('/users', { name: fresh('last'), email: fresh('last') })).body as Item
		const { id: n } = last.row as { id: number }
		const row = () => ({ name: fresh('n'), email: fresh('e') })
		// Far above all ids that others are given meanwhile.
		const high = n + 1_000_000
		const answer = await post('/users?by=email', [{ id: high, ...row() }, row(), { id: high + 1, ...row() }])
		expect(answer.body).toMatchObject([
			{ created: true, row: { id: high } },
			{ created: true, row: { id: high + 1 } },
			{ problem: { status: 409, conflicts: [{ key: ['id'], differs: ['email'] }] } },
		])
		await database().delete(users).where(gte(users.id, high))
	})
})
