import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { databaseSettings, httpBatch } from '../../../src/database/client'
import { rowRequest } from '../../../src/get-or-create/row-request'
import { tableInfo } from '../../../src/get-or-create/table'
import { runCall } from '../../../src/get-or-create/transaction'
import { orders } from '../../support/schema'
import { fresh } from '../../support/service'

/** The real server, which denies that it knows the third version of the protocol. */
function withoutVersion3(): string[] {
	const real = fetch
	const asked: string[] = []
	vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
		const url = String(input)
		asked.push(url.slice(-'/v3/pipeline'.length))
		if (url.endsWith('/v3/pipeline')) return new Response('not found', { status: 404 })
		return await real(input, init)
	})
	return asked
}

const table = tableInfo(orders)
const by = table.columns.filter(({ property }) => property === 'number')

describe('a database that knows only the second version of Hrana', () => {
	afterEach(() => vi.restoreAllMocks())

	it('gives the same answers, row by row, and is asked in the third no more', async () => {
		const asked = withoutVersion3()
		const batch = httpBatch(databaseSettings(env.TURSO_DATABASE_URL))
		const numbers = Array.from({ length: 8 }, () => fresh('order'))
		const ask = async (rows: object[]) => {
			const requests = rows.map((row) => rowRequest(table, { verb: 'update-or-create', by, row: { ...row } }))
			const outcomes = await runCall(batch, requests, Date.now() + 5000)
			return outcomes.map((outcome) =>
				outcome.kind === 'row'
					? [outcome.created, outcome.updated]
					: outcome.kind === 'error' && outcome.error.name,
			)
		}
		const rows = numbers.map((number, i) => ({
			number,
			low: i === 2 ? 99 : 1,
			...(i === 5 ? { tag: 'nowhere' } : {}),
		}))
		const made = [true, false]
		const expected = rows.map((_, i) => (i === 2 || i === 5 ? 'InvalidRowError' : made))
		expect(await ask(rows)).toEqual(expected)
		expect(asked.filter((path) => path === '/v3/pipeline')).toHaveLength(1)
		expect(await ask(rows.map((row) => ({ ...row, high: 20 })))).toEqual(
			expected.map((each) => (each === made ? [false, true] : each)),
		)
		expect(asked.filter((path) => path === '/v3/pipeline')).toHaveLength(1)
	})
})
