import { describe, expect, it } from 'vitest'
import { fresh } from '../../support/service'
import { ask, askStream } from '../../support/tables'

type Json = Record<string, unknown>

interface Case {
	table: string
	/** A row that isn't there yet, whole. */
	row: () => Json
	by: string[]
	/** Columns outside `by` and any key, and what they are changed to. */
	change: Json
	/** A row that meets the first at another unique key, where the table has two. */
	rival?: (row: Json) => Json
	/** Where the row can be read, but for a table with a generated key. */
	path?: (row: Json) => string
}

const DAY = 86_400_000
let days = 0
const freshDate = () =>
	new Date(Date.UTC(2000, 0, 1) + ++days * DAY + Math.floor(Math.random() * DAY))
		.toISOString()
		.replace(/\.\d+/, '.000')
const base64 = (text: string) => Buffer.from(text).toString('base64')

const cases: Case[] = [
	{
		table: 'memberships',
		row: () => ({ team: fresh('t'), person: 'p', role: 'owner', note: null }),
		by: ['team', 'person'],
		change: { role: 'member', note: 'n' },
	},
	{
		table: 'tags',
		row: () => ({ slug: fresh('a/b,c %2C?#é'), label: 'x' }),
		by: ['slug'],
		change: { label: null },
		path: ({ slug }) => `/tags/${encodeURIComponent(String(slug))}`,
	},
	{ table: 'devices', row: () => ({ serial: fresh('s'), name: 'n' }), by: ['serial'], change: { name: 'm' } },
	{
		table: 'places',
		row: () => ({ country: fresh('a,b'), code: 7, name: 'x' }),
		by: ['country', 'code'],
		change: { name: 'y' },
		path: ({ country, code }) => `/places/${encodeURIComponent(String(country))},${code}`,
	},
	{
		table: 'samples',
		row: () => ({
			label: fresh('l'),
			at: '2026-01-02T03:04:05.678Z',
			ratio: 0.1,
			flag: true,
			payload: { deep: [1, 'two', null, { é: '🦊' }] },
			packed: [1, 2, 3],
			bytes: base64('\u0000\u0001ÿ'),
			big: '123456789012345678901234567890',
			amount: '12.5',
			score: 2.25,
			huge: '9007199254740991',
		}),
		by: ['label'],
		change: {
			at: null,
			ratio: -1e300,
			flag: false,
			payload: 'text',
			packed: null,
			bytes: base64(''),
			big: '-1',
			amount: '0',
			score: 0,
			huge: '1',
		},
	},
	{
		table: 'digests',
		row: () => ({ hash: base64(fresh('h')), at: freshDate() }),
		by: ['hash'],
		change: {},
		rival: ({ at }) => ({ hash: base64(fresh('h')), at }),
	},
	{
		table: 'digests',
		row: () => ({ hash: base64(fresh('h')), at: freshDate() }),
		by: ['at'],
		change: {},
		rival: ({ hash }) => ({ hash, at: freshDate() }),
	},
	{
		table: 'orders',
		row: () => ({ number: fresh('n'), tag: null, low: 1, high: 2 }),
		by: ['number'],
		change: { high: 3 },
	},
	{ table: 'handles', row: () => ({ handle: fresh('H'), bio: 'b' }), by: ['handle'], change: { bio: 'c' } },
	{
		table: 'drafts',
		row: () => ({ path: fresh('p'), title: fresh('t'), live: false }),
		by: ['path'],
		change: { live: true },
	},
	{
		table: 'tickets',
		row: () => ({ code: fresh('c'), seat: fresh('s') }),
		by: ['code'],
		change: {},
		rival: ({ seat }) => ({ code: fresh('c'), seat }),
	},
	{ table: 'audited', row: () => ({ name: fresh('n') }), by: ['name'], change: { total: 5 } },
	{ table: 'item', row: () => ({ value: fresh('v'), found: 'x' }), by: ['value'], change: { found: null } },
]

describe.each(cases)('the contract over $table by $by', ({ table, row: makeRow, by, change, path }) => {
	const query = `/${table}?by=${by.join()}`
	const key = (row: Json): Json => Object.fromEntries(by.map((name) => [name, row[name]]))
	const rowIn = ({ body }: { body: unknown }) => (body as { row: Json }).row

	it('makes a row once, and reads it back by every way', async () => {
		const row = makeRow()
		const made = await ask('POST', query, row)
		expect(made).toMatchObject({ status: 201, body: { row, created: true } })
		expect(await ask('POST', query, row)).toMatchObject({
			status: 200,
			body: { row: rowIn(made), created: false },
		})
		const described = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
		expect(await ask('POST', `/${table}`, described)).toMatchObject({
			status: 200,
			body: { created: false },
		})
		expect(await ask('POST', query, rowIn(made) === row ? {} : row)).toMatchObject({
			body: { row: rowIn(made) },
		})
		expect(await ask('GET', made.location ?? '')).toEqual({
			status: 200,
			location: null,
			body: rowIn(made),
		})
		const filter = new URLSearchParams(Object.entries(key(row)).map(([name, value]) => [name, String(value)]))
		expect(await ask('GET', `/${table}?${filter}`)).toMatchObject({ status: 200, body: rowIn(made) })
		expect(await ask('GET', path?.(row) ?? made.location ?? '')).toMatchObject({
			status: 200,
			body: rowIn(made),
		})
	})

	it('makes one row of twenty racing callers', async () => {
		const row = makeRow()
		const answers = await Promise.all(Array.from({ length: 20 }, () => ask('POST', query, row)))
		expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(19)
		expect(new Set(answers.map((answer) => JSON.stringify(rowIn(answer)))).size).toBe(1)
	})

	it('tells a repeat under the same key what became of the first, and writes nothing', async () => {
		const [row, made, changed] = [makeRow(), fresh('k'), fresh('k')]
		const create = async () => await ask('POST', query, row, made)
		const update = async () => await ask('PUT', query, { ...row, ...change }, changed)
		const first = await create()
		expect(first).toMatchObject({ status: 201, body: { row, created: true } })
		expect(await create()).toEqual(first)
		const second = await update()
		expect(second).toMatchObject({ status: 200, body: { row: { ...row, ...change }, created: false } })
		const now = { row: rowIn(await ask('PUT', query, row)) }
		expect(await update()).toEqual({ ...second, body: { ...(second.body as object), ...now } })
		expect(await create()).toEqual({ ...first, body: { created: true, ...now } })
	})

	it('updates what differs, and writes nothing where nothing does', async () => {
		const row = makeRow()
		const made = await ask('PUT', query, row)
		expect(made).toMatchObject({ status: 201, body: { row, created: true, updated: false } })
		expect(await ask('PUT', query, row)).toMatchObject({
			status: 200,
			body: { row: rowIn(made), created: false, updated: false },
		})
		const changes = Object.keys(change).length > 0
		const changed = await ask('PUT', query, { ...row, ...change })
		expect(changed).toMatchObject({
			status: 200,
			body: { row: { ...row, ...change }, created: false, updated: changes },
		})
		expect(await ask('PUT', query, { ...key(row), ...change })).toMatchObject({
			body: { row: rowIn(changed), updated: false },
		})
	})

	it('answers an array as it would have answered each row', async () => {
		const [one, two] = [makeRow(), makeRow()]
		const answer = await ask('POST', query, [one, two, one, { nonsense: 1 }, two])
		expect(answer.body).toMatchObject([
			{ row: one, created: true },
			{ row: two, created: true },
			{ row: one, created: false },
			{ problem: { status: 422 } },
			{ row: two, created: false },
		])
		const updated = await ask('PUT', query, [one, { ...two, ...change }])
		expect(updated.body).toMatchObject([
			{ row: one, created: false, updated: false },
			{ row: { ...two, ...change }, created: false },
		])
	})

	it('answers a stream as it would have answered each row', async () => {
		const [one, two] = [makeRow(), makeRow()]
		expect(await askStream('POST', query, [one, { nonsense: 1 }, two, one])).toMatchObject([
			{ row: one, created: true },
			{ problem: { status: 422 } },
			{ row: two, created: true },
			{ row: one, created: false },
		])
		expect(await askStream('PUT', query, [{ ...one, ...change }, one])).toMatchObject([
			{ row: { ...one, ...change }, created: false },
			{ row: one, created: false },
		])
	})
})

describe('a repeat under the same key', () => {
	it('is the same request whatever the order of properties, also inside a JSON column', async () => {
		const [key, label] = [fresh('k'), fresh('l')]
		const sampleOf = (payload: string) =>
			JSON.parse(`{"label":"${label}","payload":${payload},"packed":${payload}}`) as Json
		const send = async (payload: string) => await ask('POST', '/samples?by=label', sampleOf(payload), key)
		const made = await send('{"a":1,"b":[{"c":2,"d":3}]}')
		expect(made).toMatchObject({ status: 201 })
		expect(await send('{"b":[{"d":3,"c":2}],"a":1}')).toEqual(made)
		expect(await send('{"b":[{"d":2,"c":3}],"a":1}')).toMatchObject({ status: 422 })
	})
})

const rivals = cases.flatMap(({ rival, ...rest }) => (rival ? [{ ...rest, rival }] : []))

describe.each(rivals)(
	'a rival at another key of $table, asked for by $by',
	({ table, row: makeRow, by, rival }) => {
		it('is told which key another row holds, and what differs there', async () => {
			const row = makeRow()
			const query = `/${table}?by=${by.join()}`
			await ask('POST', query, row)
			const other = rival(row)
			const conflict = { status: 409, body: { conflicts: [{ key: [expect.any(String)], differs: by }] } }
			expect(await ask('POST', query, other)).toMatchObject(conflict)
			expect(await ask('PUT', query, other)).toMatchObject(conflict)
		})
	},
)
