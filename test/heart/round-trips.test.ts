import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { databaseSettings, httpBatch } from '../../src/database/client'
import type { Batch } from '../../src/database/send'
import { type Ask, rowRequest } from '../../src/get-or-create/row-request'
import { tableInfo } from '../../src/get-or-create/table'
import { runCall } from '../../src/get-or-create/transaction'
import { users } from '../../src/schema'
import { orders } from '../support/schema'
import { fresh } from '../support/service'

const table = tableInfo(users)
const by = table.columns.filter(({ property }) => property === 'email')

/** Runs rows over the real database, and counts how often it is asked. */
async function counted(asks: Ask[], info = table) {
	let count = 0
	const real = httpBatch(databaseSettings(env.TURSO_DATABASE_URL))
	const batch: Batch = async (...args) => {
		count++
		return await real(...args)
	}
	const requests = asks.map((ask) => rowRequest(info, ask))
	const outcomes = await runCall(batch, requests, Date.now() + 5000)
	return { count, kinds: outcomes.map(({ kind }) => kind) }
}

const get = (row: Record<string, string>): Ask => ({ verb: 'get-or-create', row, by })
const update = (row: Record<string, string>): Ask => ({ verb: 'update-or-create', row, by })
const user = () => ({ name: fresh('trip'), email: fresh('trip') })

describe('the database is asked', () => {
	it('once for a row that is made, and once for one that is there', async () => {
		const row = user()
		expect(await counted([get(row)])).toMatchObject({ count: 1, kinds: ['row'] })
		expect(await counted([get(row)])).toMatchObject({ count: 1, kinds: ['row'] })
	})

	it('once for a thousand rows', async () => {
		expect(await counted(Array.from({ length: 1000 }, () => get(user())))).toMatchObject({ count: 1 })
	})

	it('once where another row stands in the way: the same statement names the key', async () => {
		const row = user()
		await counted([get(row)])
		const answer = await counted([get(user()), get({ ...user(), name: row.name }), get(user())])
		expect(answer).toEqual({ count: 1, kinds: ['row', 'error', 'row'] })
	})

	it('once where another row stands in the way of an update: that stops no other row', async () => {
		const [one, two, three] = [user(), user(), user()]
		await counted([get(one), get(two), get(three)])
		const answer = await counted([
			update({ ...one, name: three.name }),
			update({ ...two, name: fresh('trip') }),
		])
		expect(answer).toEqual({ count: 1, kinds: ['error', 'row'] })
	})

	it('once for a thousand rows that get another unique value', async () => {
		const rows = Array.from({ length: 1000 }, user)
		await counted(rows.map(get))
		const answer = await counted(rows.map((row) => update({ ...row, name: fresh('trip') })))
		expect([answer.count, new Set(answer.kinds)]).toEqual([1, new Set(['row'])])
	})

	it('once more where such a row wants what another of them holds: then the order counts', async () => {
		const [one, two] = [user(), user()]
		await counted([get(one), get(two)])
		const [first, second] = [update({ ...one, name: two.name }), update({ ...two, name: fresh('trip') })]
		expect(await counted([first, second])).toEqual({ count: 2, kinds: ['error', 'row'] })
		expect(await counted([update({ ...two, name: fresh('trip') }), first])).toEqual({
			count: 1,
			kinds: ['row', 'row'],
		})
	})

	it.each([
		['twice more for a call of which a row breaks a rule: to find it, and to do the others', [333], 3],
		[
			'and once more for each hundred rows of a call of which all do',
			Array.from({ length: 500 }, (_, i) => i),
			7,
		],
	])('%s', async (_, broken, expected) => {
		const asks = Array.from({ length: 500 }, (_each, i): Ask => {
			return { verb: 'get-or-create', row: { number: fresh('trip'), low: broken.includes(i) ? 99 : 1 } }
		})
		const { count, kinds } = await counted(asks, tableInfo(orders))
		expect(kinds.filter((kind) => kind === 'error')).toHaveLength(broken.length)
		expect(count).toBe(expected)
	})
})
