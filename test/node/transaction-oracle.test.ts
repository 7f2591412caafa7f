import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
	ConflictError,
	getOrCreateMany,
	InvalidRowError,
	type LibsqlDatabase,
	updateOrCreateMany,
} from '../../src/get-or-create'
import { audited, digests, handles, orders, pairs, samples, tags, tickets } from '../support/schema'
import { KINDS, type Opened, tablesSql } from './databases'

// In a transaction a call gives what it gives outside of one, and leaves the same behind.

const TABLES = { audited, digests, handles, orders, pairs, samples, tags, tickets }

interface Call {
	table: keyof typeof TABLES
	update: boolean
	rows: Record<string, unknown>[]
	by?: string[]
}

async function told(db: LibsqlDatabase, { table, update, rows, by }: Call): Promise<unknown> {
	const ask = update ? updateOrCreateMany : getOrCreateMany
	try {
		const results = await ask(db, TABLES[table], rows as never, by ? { by: by as never } : {})
		return results.map((result) => ('error' in result ? saidBy(result.error) : result))
	} catch (error) {
		return saidBy(error)
	}
}

function saidBy(error: unknown): unknown {
	if (error instanceof ConflictError) return error.conflicts
	if (error instanceof InvalidRowError) return error.faults
	return String(error)
}

/** All that is stored, to the byte. */
async function dump({ db: { $client } }: Opened, table: string): Promise<unknown[]> {
	const columns = await $client.execute(`SELECT name FROM pragma_table_xinfo('${table}')`)
	const cells = columns.rows.map(({ name }) => `typeof("${name}") || ' ' || quote("${name}")`)
	const { rows } = await $client.execute(`SELECT ${cells.join()} FROM "${table}" ORDER BY 1`)
	return rows.map((row) => Array.from(row))
}

/** What calls gave, and all that is stored then: in a transaction, and outside of one. */
async function both(
	inside: Opened,
	outside: Opened,
	calls: readonly Call[],
): Promise<{ found: unknown; expected: unknown }> {
	for (const { db } of [inside, outside]) {
		await db.$client.batch(
			Object.keys(TABLES)
				.toSorted((a, b) => Number(a === 'tags') - Number(b === 'tags'))
				.map((table) => `DELETE FROM ${table}`),
		)
	}
	const expected: unknown[] = []
	for (const call of calls) expected.push(await told(outside.db, call))
	const found = await inside.db.transaction(async (tx) => {
		const results: unknown[] = []
		for (const call of calls) results.push(await told(tx, call))
		return results
	})
	for (const table of Object.keys(TABLES)) {
		found.push(await dump(inside, table))
		expected.push(await dump(outside, table))
	}
	return { found, expected }
}

const letter = fc.constantFrom('a', 'b', 'c', 'd')
const number = fc.constantFrom(0, 1, 50)
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const ROWS = {
	pairs: fc.record({ a: letter, b: letter, v: some(number) }),
	orders: fc.record({ number: letter, low: some(number), tag: some(letter) }),
	tickets: fc.record({ code: letter, seat: letter }),
	audited: fc.record({ name: fc.constantFrom('a', 'b', 'forbidden'), total: some(number) }),
	handles: fc.record({ handle: fc.constantFrom('a', 'A', 'b'), bio: some(letter) }),
	tags: fc.record({ slug: letter, label: some(letter) }),
}
const BYS: Record<keyof typeof ROWS, string[][]> = {
	pairs: [['a'], ['b'], ['a', 'b']],
	orders: [['number']],
	tickets: [['code'], ['seat'], ['code', 'seat']],
	audited: [['name']],
	handles: [['handle']],
	tags: [['slug']],
}
const call: fc.Arbitrary<Call> = fc
	.constantFrom(...(Object.keys(ROWS) as (keyof typeof ROWS)[]))
	.chain((table) =>
		fc.record({
			table: fc.constant(table),
			update: fc.boolean(),
			rows: fc.array<Record<string, unknown>>(ROWS[table], { minLength: 1, maxLength: 6 }),
			by: fc.constantFrom(...BYS[table]),
		}),
	)

const big = 2n ** 63n - 1n
const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
const EXACT: Call[] = [
	{
		table: 'samples',
		update: false,
		rows: [
			{ label: 'a', at: new Date(1), ratio: 0.1 + 0.2, flag: true, payload: { b: 1, a: [null, 'é', 1e-7] } },
			{ label: 'b', packed: { x: 1 }, bytes, big, amount: '12.50', score: 13.608_46, huge: -big },
			{
				label: 'c',
				ratio: 5e-324,
				score: Number.MAX_VALUE,
				bytes: Buffer.alloc(0),
				payload: '"',
				big: 2n ** 80n,
			},
			{ label: '漢 😀 "quoted" \\', ratio: 2 ** 60, amount: 'text' },
			{ label: 'not finite', ratio: Number.POSITIVE_INFINITY },
		],
		by: ['label'],
	},
	{
		table: 'samples',
		update: true,
		rows: [
			{ label: 'a', at: new Date(2), ratio: 1 / 3, flag: false, payload: [] },
			{ label: 'b', bytes: Buffer.from('é'), big: -1n, amount: '12.5', huge: 2n ** 53n + 1n },
		],
		by: ['label'],
	},
	{
		table: 'digests',
		update: false,
		rows: [
			{ hash: bytes, at: new Date(1000) },
			{ hash: bytes, at: new Date(1000) },
			{ hash: Buffer.from([0]), at: new Date(1000) },
		],
	},
]

describe.each(KINDS)('a call in a transaction %s', (kind, open) => {
	let inside: Opened
	let outside: Opened
	beforeAll(async () => {
		const sql = await tablesSql()
		inside = await open(sql)
		outside = await open(sql)
	}, 30_000)
	afterAll(async () => {
		await inside.close()
		await outside.close()
	})

	it('stores and gives every value as it does outside of one', async () => {
		const { found, expected } = await both(inside, outside, EXACT)
		expect(found).toEqual(expected)
	})

	it('takes as many rows', async () => {
		const rows = Array.from({ length: 2100 }, (_each, i) => ({ slug: `tag ${i % 2000}`, label: `${i}` }))
		const { found, expected } = await both(inside, outside, [
			{ table: 'tags', update: false, rows, by: ['slug'] },
			{ table: 'tags', update: true, rows: rows.toReversed() },
		])
		expect(found).toEqual(expected)
	}, 30_000)

	it('does whatever it does outside of one', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), async (calls) => {
				const { found, expected } = await both(inside, outside, calls)
				expect(found).toEqual(expected)
			}),
			{ seed: 1, numRuns: kind === 'in memory' ? 100 : 20 },
		)
	}, 60_000)
})
