import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Running } from '../../bench/workerd.ts'
import { type Answer, ask } from '../faults/client.ts'
import type { Fault, FaultProxy } from '../faults/proxy.ts'
import { codeOf, type Service, SHARING, type Stage, startStage } from '../faults/stage.ts'
import { REFUSALS } from './refusals.ts'

// Nobody waits for others' mistakes: callers who share transactions with thousands of rows that the database refuses.

let stage: Stage

beforeAll(async () => {
	stage = await startStage(await codeOf('test/process/workers/neighbours.ts'), { services: [] })
	for (const sql of REFUSALS.flatMap((refusal) => refusal.sql)) await stage.query(sql)
	await stage.query(
		'CREATE TABLE readings (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, ratio REAL, note TEXT, body TEXT)',
	)
	await stage.query(`INSERT INTO readings (name, note) VALUES ('unreadable', CAST(x'ff' AS TEXT))`)
}, 60_000)

afterAll(async () => await stage.stop())

const DEADLINE = { DATABASE_TIMEOUT_MS: '5000' }

const WAYS: [name: string, service: Service][] = [
	['in the isolate', {}],
	['through the object', SHARING],
	['in isolates of their own, through the object', { ...SHARING, settings: { ALONE: 'true' } }],
]

interface Row {
	name: string
	value: string | null
}

async function post(origin: string, table: string, body: object): Promise<Answer> {
	const by = table === 'accounts' ? 'username' : 'name'
	return await ask(origin, { method: 'POST', path: `/${table}?by=${by}`, body })
}

/** It knows how near its database is. */
async function warm(origin: string): Promise<void> {
	for (let call = 0; call < 10; call++) await post(origin, 'accounts', { username: 'warm' })
}

/** What the database is asked from now on: how often, and how many transactions carry each row. */
function watch(proxy: FaultProxy, faultOf: () => Fault | undefined = () => undefined) {
	const transactions = new Map<string, number>()
	const seen = { requests: 0, transactions, mostRows: 0 }
	proxy.inject((asked) => {
		seen.requests++
		if (!asked.includes('BEGIN IMMEDIATE')) return faultOf()
		const carried = new Set(asked.match(/\b(?:row|item)-\d+/g))
		seen.mostRows = Math.max(seen.mostRows, carried.size)
		for (const row of carried) transactions.set(row, (transactions.get(row) ?? 0) + 1)
		return faultOf()
	})
	return seen
}

/** How many transactions have carried one of the rows of neighbours, and of the arrays, at most. */
function mostOf({ transactions }: ReturnType<typeof watch>): { neighbour: number; array: number } {
	const of = (prefix: string) => [...transactions].flatMap(([row, n]) => (row.startsWith(prefix) ? n : []))
	return { neighbour: Math.max(...of('row')), array: Math.max(...of('item')) }
}

let rows = 0
const fresh = (of: 'row' | 'item' = 'row') => `${of}-${rows++}`

/** An array of as many rows as go at once, of which one keeps the rule. */
function rowsOf(good: string, bad: string | null): Row[] {
	return Array.from({ length: 1000 }, (_, i) => ({
		name: fresh('item'),
		value: i === 500 ? good : bad,
	}))
}

/** How many items of an array's answer say what: where it is none, that of the whole. */
function tally({ status, body }: Answer): Record<string, number> {
	if (!Array.isArray(body)) return { [status]: 1 }
	const words = body.map((item: { created?: boolean; problem?: { status: number; type: string } }) =>
		item.problem ? `${item.problem.status} ${item.problem.type}` : `created: ${item.created}`,
	)
	return Object.fromEntries(
		[...Map.groupBy(words, (word) => word)].map(([word, { length }]) => [word, length]),
	)
}

/** Twenty callers of one row each and two of an array, of whom half wait together for the database. */
async function crowd(
	origin: string,
	array: () => Promise<Answer>,
	neighbour: (turn: number) => Promise<Answer>,
) {
	const arrays: Promise<Answer>[] = []
	const neighbours: Promise<Answer>[] = []
	stage.proxy.freeze()
	neighbours.push(post(origin, 'accounts', { username: fresh() }))
	await sleep(20)
	for (let turn = 0; turn < 20; turn++) {
		// Those before are as many as may be on their way at once, so that the arrays wait with others.
		if (turn === 9) await sleep(20)
		if (turn === 9 || turn === 10) arrays.push(array())
		if (turn === 10) {
			await sleep(20)
			stage.proxy.thaw()
		}
		if (turn > 10) await sleep(3)
		neighbours.push(neighbour(turn))
	}
	return { neighbours: await Promise.all(neighbours), arrays: await Promise.all(arrays) }
}

/** Ten callers of one row each, while others come with each transaction that the database sees. */
async function flood(other: () => Promise<Answer>, neighbour: () => Promise<Answer>) {
	const others: Promise<Answer>[] = []
	const seen = watch(stage.proxy, () => {
		if (others.length < 8) others.push(other(), other())
		return { kind: 'delay', ms: 20 }
	})
	others.push(other())
	await sleep(20)
	const neighbours = await Promise.all(Array.from({ length: 10 }, neighbour))
	while (others.length < 8) await sleep(5)
	return { seen, neighbours, others: await Promise.all(others) }
}

describe.each(WAYS)('callers that share transactions %s', (_, { settings, ...service }) => {
	let worker: Running
	let origin: string

	beforeAll(async () => {
		worker = await stage.start({ ...service, settings: { ...DEADLINE, ...settings } })
		origin = worker.origin
	})

	beforeEach(async () => await warm(origin))

	afterEach(() => stage.proxy.heal())

	afterAll(async () => await worker.stop())

	it.each(REFUSALS)(
		'do not notice 2,000 rows of others that are refused by $title',
		async ({ table, good, bad, transactions, extra }) => {
			const seen = watch(stage.proxy)
			const { neighbours, arrays } = await crowd(
				origin,
				async () => await post(origin, table, rowsOf(good, bad)),
				async (turn) =>
					await (turn % 2 === 0
						? post(origin, 'accounts', { username: fresh() })
						: post(origin, table, { name: fresh(), value: good })),
			)
			const refused = { '422 /problems/invalid-row': 999, 'created: true': 1 }
			expect.soft(neighbours.map(({ status }) => status)).toEqual(neighbours.map(() => 201))
			expect.soft(arrays.map(tally)).toEqual([refused, refused])
			expect.soft(seen.mostRows).toBeGreaterThan(1000)
			expect.soft(mostOf(seen).neighbour).toBeLessThanOrEqual(transactions)
			// Once more for those among whom the refused ones are looked for.
			expect.soft(mostOf(seen).array).toBeLessThanOrEqual(transactions + 1)
			expect.soft(seen.requests).toBeLessThanOrEqual(MAX_REQUESTS + extra)
		},
		30_000,
	)

	it.each(REFUSALS)(
		'do not notice that more of them come with each transaction, refused by $title',
		async ({ table, good, bad, transactions }) => {
			const { seen, neighbours, others } = await flood(
				async () => {
					const items = [bad, bad, good, bad, bad].map((value) => ({ name: fresh('item'), value }))
					return await post(origin, table, items)
				},
				async () => await post(origin, table, { name: fresh(), value: good }),
			)
			const refused = { '422 /problems/invalid-row': 4, 'created: true': 1 }
			expect.soft(neighbours.map(({ status }) => status)).toEqual(neighbours.map(() => 201))
			expect.soft(others.map(tally)).toEqual(others.map(() => refused))
			expect.soft(mostOf(seen).neighbour).toBeLessThanOrEqual(transactions)
		},
		30_000,
	)

	it('do not notice that others ask with each transaction for what no answer can hold', async () => {
		// Each of another shape: of the same one, who comes next is read as bytes with who is asked again.
		const columns = [{ ratio: 1 }, { note: 'n' }, { body: {} }]
		let turn = 0
		const next = () =>
			Object.assign({ name: 'unreadable' }, ...columns.filter((_column, bit) => (turn >> bit) & 1))
		const { seen, neighbours, others } = await flood(
			async () => {
				turn++
				return await post(origin, 'readings', next())
			},
			async () => await post(origin, 'readings', { name: fresh() }),
		)
		expect.soft(neighbours.map(({ status }) => status)).toEqual(neighbours.map(() => 201))
		expect.soft(others.map(({ status }) => status)).toEqual(others.map(() => 500))
		expect.soft(mostOf(seen).neighbour).toBeLessThanOrEqual(2)
	}, 30_000)

	it('do not notice 2,000 rows of others for a table that is not there', async () => {
		const seen = watch(stage.proxy)
		const { neighbours, arrays } = await crowd(
			origin,
			async () => await post(origin, 'unmigrated', rowsOf('good', 'bad')),
			async () => await post(origin, 'accounts', { username: fresh() }),
		)
		expect.soft(neighbours.map(({ status }) => status)).toEqual(neighbours.map(() => 201))
		expect.soft(arrays.map(({ status }) => status)).toEqual([500, 500])
		expect.soft(seen.mostRows).toBeGreaterThan(1000)
		expect.soft(Math.max(...seen.transactions.values())).toBeLessThanOrEqual(2)
		expect.soft(seen.requests).toBeLessThanOrEqual(MAX_REQUESTS)
	}, 30_000)
})

/** Each of 23 callers alone, once more, and a look at why: far from one for each row. */
const MAX_REQUESTS = 3 * 23
