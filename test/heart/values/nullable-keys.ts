import { describe, expect, it } from 'vitest'
import { getOrCreate } from '../../../src/get-or-create'
import { fresh } from '../../support/service'
import { request, wideDatabase } from './support/request'
import { logins } from './support/tables'

const send = async (method: string, query: string, row: unknown, key?: string) =>
	await request(method, `/logins${query}`, {
		text: JSON.stringify(row),
		...(key === undefined ? {} : { key }),
	})
const rowOf = (body: unknown) => (body as { row: Record<string, unknown> }).row

const KEYS: [by: string, key: () => Record<string, string | number>][] = [
	['googleId', () => ({ googleId: fresh('google') })],
	['score', () => ({ score: Math.random() })],
	['org,badge', () => ({ org: fresh('org'), badge: 7 })],
]

export function nullableKeys(): void {
	describe.each(KEYS)('by %s', (by, freshKey) => {
		it('decide for rows that give them a value', async () => {
			const [key, name] = [freshKey(), fresh('key')]
			const email = fresh('email')
			const query = `?by=${by}`
			const made = await send('PUT', query, { ...key, email }, name)
			expect(made).toMatchObject({
				status: 201,
				body: { row: { ...key, email }, created: true, updated: false },
			})
			expect(await send('PUT', query, { ...key, email }, name)).toEqual({ ...made, replayed: true })
			const row = rowOf(made.body)
			expect((await send('PUT', query, { ...key, email })).body).toEqual({
				row,
				created: false,
				updated: false,
			})
			expect((await send('POST', query, { ...key, email: fresh('email') })).body).toEqual({
				row,
				created: false,
			})
			const filter = new URLSearchParams(
				Object.entries(key).map(([column, value]) => [column, String(value)]),
			)
			expect((await request('GET', `/logins?${filter}`)).body).toEqual(row)
			const changed = { ...row, email: fresh('email') }
			const update = { ...key, email: changed.email }
			expect((await send('PUT', query, update)).body).toEqual({ row: changed, created: false, updated: true })
			const { body } = await send('POST', query, [{ ...key, email: 'x' }, update])
			expect(body).toEqual([
				{ row: changed, created: false },
				{ row: changed, created: false },
			])
		})

		it.each(['POST', 'PUT'])('are refused by %s where no value is given', async (method) => {
			const email = fresh('email')
			const nulls = Object.fromEntries(by.split(',').map((column) => [column, null]))
			const refused = { errors: Object.keys(nulls).map((column) => ({ pointer: `/${column}` })) }
			const row = { ...nulls, email }
			expect(await send(method, `?by=${by}`, row)).toMatchObject({ status: 422, body: refused })
			expect((await send(method, `?by=${by}`, [row])).body).toMatchObject([{ problem: refused }])
			expect((await request('GET', `/logins?email=${email}`)).status).toBe(404)
		})
	})

	it('leave the decision to others where they are null, and null matches null', async () => {
		const email = fresh('email')
		const described = { email, googleId: null, org: 'o', badge: null, avatar: null }
		const made = await send('POST', '', described)
		expect(made).toMatchObject({ status: 201, body: { row: described, created: true } })
		expect((await send('POST', '', described)).body).toEqual({ row: rowOf(made.body), created: false })
		const query = '?by=email,googleId,avatar'
		expect((await send('POST', query, described)).body).toEqual({ row: rowOf(made.body), created: false })
		expect((await send('PUT', query, described)).body).toMatchObject({ created: false, updated: false })
		for (const other of [{ googleId: fresh('google') }, { avatar: 'a' }]) {
			expect(await send('POST', query, { ...described, ...other })).toMatchObject({
				status: 409,
				body: { conflicts: [{ key: ['email'], differs: Object.keys(other) }] },
			})
		}
		const twins = [described, { ...described, email: fresh('email') }, described]
		expect((await send('POST', '', twins)).body).toMatchObject([
			{ created: false },
			{ created: true },
			{ created: false },
		])
	})

	it('are refused in TypeScript too where no value is given', async () => {
		const call = getOrCreate(
			wideDatabase(),
			logins,
			{ googleId: null, email: fresh('email') },
			{ by: ['googleId'] },
		)
		await expect(call).rejects.toMatchObject({ faults: [{ pointer: '/googleId' }] })
	})
}
