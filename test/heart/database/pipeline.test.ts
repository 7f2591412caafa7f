import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { databaseSettings, httpBatch } from '../../../src/database/client'

const batch = httpBatch(databaseSettings(env.TURSO_DATABASE_URL))

describe('statements that several units share', () => {
	it.each([
		['few', 1, 10],
		['more than the server stores', 120, 10],
		['longer than the server stores', 3, 20_000],
		['longer in bytes than in characters', 3, 1500],
	])('go once where they may: %s', async (_, count, length) => {
		const padding = (length === 1500 ? 'ж' : 'x').repeat(length)
		const units = Array.from({ length: count * 2 }, (__, i) => ({
			statements: [{ sql: `SELECT ${i % count}, ?1 /* ${padding} */`, args: [String(i)] }],
		}))
		const results = await batch(units, 'write', Date.now() + 5000)
		expect(results).toEqual(units.map((___, i) => ({ kind: 'done', rows: [[[i % count, String(i)]]] })))
	})
})
