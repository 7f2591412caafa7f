import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { updateOrCreate, updateOrCreateMany } from '../../../src/get-or-create'
import { pages } from '../../support/schema'
import { call, database, fresh, json } from '../../support/service'
import { ask, askStream } from '../../support/tables'

type Row = Record<string, unknown>
interface Told {
	row: Row
	created: boolean
	updated: boolean
}

/** A page that is there. */
async function page(row: Row = {}): Promise<string> {
	const slug = fresh('page')
	expect((await ask('POST', '/pages', { slug, ...row })).status).toBe(201)
	return slug
}

const put = async (query: string, row: unknown, key?: string) => await ask('PUT', `/pages?${query}`, row, key)

const EARLY = '2026-01-01T00:00:00.000Z'
const LATE = '2026-02-01T00:00:00.000Z'

describe('an update in another way', () => {
	it.each<[query: string, stored: Row, given: Row, then: Row, updated: boolean]>([
		['add=views', { views: 5 }, { views: 3 }, { views: 8 }, true],
		['add=views', { views: 5 }, { views: -7 }, { views: -2 }, true],
		['add=views', { views: 5 }, { views: 0 }, { views: 5 }, false],
		['add=likes', { likes: null }, { likes: 2 }, { likes: 2 }, true],
		['add=likes', { likes: 2 }, { likes: null }, { likes: 2 }, false],
		['add=rating', { rating: 0.1 }, { rating: 0.2 }, { rating: 0.1 + 0.2 }, true],
		['add=total', { total: '9007199254740993' }, { total: '1' }, { total: '9007199254740994' }, true],
		['add=views,likes', { views: 1 }, { views: 1, likes: 1 }, { views: 2, likes: 1 }, true],
		['max=likes', { likes: 3 }, { likes: 4 }, { likes: 4 }, true],
		['max=likes', { likes: 3 }, { likes: 2 }, { likes: 3 }, false],
		['max=likes', { likes: 3 }, { likes: null }, { likes: 3 }, false],
		['max=likes', { likes: null }, { likes: -1 }, { likes: -1 }, true],
		['min=likes', { likes: 3 }, { likes: 2 }, { likes: 2 }, true],
		['min=likes', { likes: 3 }, { likes: 4 }, { likes: 3 }, false],
		['min=likes', { likes: null }, { likes: 9 }, { likes: 9 }, true],
		['max=seenAt', { seenAt: EARLY }, { seenAt: LATE }, { seenAt: LATE }, true],
		['min=seenAt', { seenAt: EARLY }, { seenAt: LATE }, { seenAt: EARLY }, false],
		['max=title', { title: 'b' }, { title: 'a' }, { title: 'b' }, false],
		['max=title', { title: 'a' }, { title: 'b' }, { title: 'b' }, true],
		['fill=likes', { likes: null }, { likes: 7 }, { likes: 7 }, true],
		['fill=likes', { likes: 0 }, { likes: 7 }, { likes: 0 }, false],
		['fill=likes', { likes: null }, { likes: null }, { likes: null }, false],
		[
			'newer=seenAt',
			{ seenAt: EARLY },
			{ seenAt: LATE, title: 'x' },
			{ seenAt: LATE, title: 'untitled' },
			true,
		],
		['newer=seenAt', { seenAt: null }, { seenAt: EARLY }, { seenAt: EARLY }, true],
		['newer=seenAt', { seenAt: EARLY }, { seenAt: null }, { seenAt: EARLY }, false],
		[
			'newer=seenAt&update=title&add=views',
			{ seenAt: EARLY, views: 1 },
			{ seenAt: LATE, title: 'new', views: 2 },
			{ seenAt: LATE, title: 'new', views: 3 },
			true,
		],
		[
			'newer=seenAt&update=title&add=views',
			{ seenAt: LATE, views: 1 },
			{ seenAt: LATE, title: 'old', views: 2 },
			{ seenAt: LATE, title: 'untitled', views: 1 },
			false,
		],
		[
			'add=views&max=seenAt&fill=firstSeenAt',
			{ views: 1, seenAt: LATE, firstSeenAt: EARLY },
			{ views: 1, seenAt: EARLY, firstSeenAt: LATE, title: 'kept out' },
			{ views: 2, seenAt: LATE, firstSeenAt: EARLY, title: 'untitled' },
			true,
		],
	])('%s of %j by %j makes %j, updated: %j', async (query, stored, given, then, updated) => {
		const forms = [
			async (row: Row) => (await put(query, row)).body,
			async (row: Row) => ((await put(query, [row])).body as unknown[])[0],
			async (row: Row) => (await askStream('PUT', `/pages?${query}`, [row]))[0],
			async (row: Row) => (await put(query, row, fresh('key'))).body,
		]
		const answers = forms.map(async (send) => {
			const slug = await page(stored)
			expect(await send({ slug, ...given })).toMatchObject({
				row: { slug, ...then },
				created: false,
				updated,
			})
		})
		await Promise.all(answers)
	})

	it.each(['add=views', 'max=views', 'min=views', 'fill=likes', 'newer=seenAt', 'update=title'])(
		'inserts the whole row where none is there: %s',
		async (query) => {
			const row = { slug: fresh('page'), title: 't', views: 3, likes: 2, seenAt: EARLY }
			expect(await put(query, row)).toMatchObject({
				status: 201,
				body: { row, created: true, updated: false },
			})
		},
	)

	it('is written in three spellings of a list', async () => {
		const slug = await page({ views: 1, likes: 1 })
		for (const query of ['add=views,likes', 'add=views&add=likes', 'add[]=views&add[]=likes']) {
			expect((await put(query, { slug, views: 1, likes: 1 })).status).toBe(200)
		}
		expect((await ask('GET', `/pages?slug=${slug}`)).body).toMatchObject({ views: 4, likes: 4 })
	})

	it('is done in the order of the rows', async () => {
		const slug = await page()
		const { body } = await put('add=views', [
			{ slug, views: 1 },
			{ slug, views: 2 },
			{ slug, views: 2 },
		])
		expect((body as Told[]).map(({ row: { views } }) => views)).toEqual([1, 3, 5])
		expect(body).toMatchObject([{ updated: true }, { updated: true }, { updated: true }])
		const made = fresh('page')
		const lines = await askStream('PUT', '/pages?add=views', [
			{ slug: made, views: 1 },
			{ slug: made, views: 1 },
		])
		expect(lines).toMatchObject([
			{ row: { views: 1 }, created: true },
			{ row: { views: 2 }, updated: true },
		])
	})

	it('touches what is touched by every update that happens, and by no other', async () => {
		const serial = fresh('serial')
		await ask('POST', '/devices', { serial })
		const fill = async (name: string) => await ask('PUT', '/devices?by=serial&max=name', { serial, name })
		expect((await fill('a')).body).toMatchObject({ updated: false, row: { revision: 0 } })
		expect((await fill('x')).body).toMatchObject({ updated: true, row: { revision: 1 } })
	})

	it('of a shipped table', async () => {
		const username = fresh('user')
		const send = async (query: string, lastLogin: string | null) =>
			await call(`/accounts?by=username&${query}`, {
				method: 'PUT',
				...json({ username, lastLogin, isSuperuser: true }),
			})
		expect(await send('newer=lastLogin', LATE)).toMatchObject({ status: 201 })
		expect((await send('newer=lastLogin&update=isSuperuser', EARLY)).body).toMatchObject({ updated: false })
		expect((await send('min=lastLogin', EARLY)).body).toMatchObject({
			updated: true,
			row: { lastLogin: EARLY },
		})
		expect((await send('max=lastLogin', LATE)).body).toMatchObject({
			updated: true,
			row: { lastLogin: LATE },
		})
		expect((await send('fill=lastLogin', EARLY)).body).toMatchObject({ updated: false })
	})
})

describe('a column that can not be changed so', () => {
	it.each([
		['/samples?by=label&add=payload', { payload: 1 }],
		['/samples?by=label&add=bytes', { bytes: '' }],
		['/samples?by=label&add=big', { big: '1' }],
		['/samples?by=label&add=amount', { amount: '1' }],
		['/samples?by=label&add=flag', { flag: true }],
		['/samples?by=label&add=at', { at: EARLY }],
		['/samples?by=label&max=payload', { payload: 1 }],
		['/samples?by=label&min=bytes', { bytes: '' }],
		['/samples?by=label&max=big', { big: '1' }],
		['/samples?by=label&newer=flag', { flag: true }],
		['/samples?by=label&max=doubled', {}],
		['/samples?by=label&add=id', { id: 1 }],
		['/samples?by=label&newer=label', {}],
		['/samples?by=label,score&add=score', { score: 1 }],
		['/samples?by=label&newer=at,score', { at: EARLY, score: 1 }],
		['/samples?by=label&add=score&max=score', { score: 1 }],
		['/samples?by=label&update=at&newer=at', { at: EARLY }],
		['/samples?by=label&add=nothing', {}],
		['/memberships?by=team,person&max=role', { role: 'owner' }],
		['/handles?by=handle&add=bio', { bio: 'x' }],
	])('is refused: %s', async (path, row) => {
		const answer = await ask('PUT', path, { label: fresh('l'), ...row })
		expect(answer).toMatchObject({ status: 422, body: { type: '/problems/invalid-parameter' } })
	})

	it('is told by its name, and why', async () => {
		const { body } = await ask('PUT', '/pages?add=title', { slug: 'x', title: 'y' })
		expect(body).toMatchObject({
			detail: '"add" names "title", which holds no numbers that the database adds exactly.',
		})
		expect((await put('add=views&max=views', {})).body).toMatchObject({
			detail: '"views" is named by more than one of update, add, max, min, fill, newer.',
		})
	})

	it('has to be given', async () => {
		expect(await put('add=views&fill=likes', { slug: await page(), likes: 1 })).toMatchObject({
			status: 422,
			body: { type: '/problems/invalid-row', errors: [{ pointer: '/views', detail: 'is missing' }] },
		})
	})

	it('is none of a POST', async () => {
		expect((await ask('POST', '/pages?add=views', { slug: 'x', views: 1 })).status).toBe(422)
	})
})

describe('a sum that its column can not hold', () => {
	const MAX = Number.MAX_SAFE_INTEGER

	it.each([
		['views', MAX, 1],
		['views', -MAX, -1],
		['views', MAX, MAX],
		['total', String(2n ** 63n - 1n), '1'],
		['total', String(-(2n ** 63n)), '-1'],
		['rating', 1.7e308, 1.7e308],
	])('is refused, and nothing is written: %s %j + %j', async (column, stored, given) => {
		const slug = await page({ [column]: stored })
		const refused = { status: 422, body: { errors: [{ pointer: `/${column}` }] } }
		expect(await put(`add=${column}&update=title`, { slug, [column]: given, title: 'x' })).toMatchObject(
			refused,
		)
		expect(await put(`add=${column}`, { slug, [column]: given }, fresh('key'))).toMatchObject(refused)
		const other = await page()
		const { body } = await put(`add=${column}`, [
			{ slug: other, [column]: given },
			{ slug, [column]: given },
			{ slug: other, [column]: given },
		])
		expect((body as object[])[1]).toMatchObject({
			problem: { status: 422, errors: [{ pointer: `/${column}` }] },
		})
		expect((body as object[])[0]).toMatchObject({ updated: true })
		expect((await ask('GET', `/pages?slug=${slug}`)).body).toMatchObject({
			[column]: stored,
			title: 'untitled',
		})
	})

	it('is not what others have stored there', async () => {
		const slug = await page()
		await database().run(sql`UPDATE pages SET views = 'many' WHERE slug = ${slug}`)
		expect((await put('add=views', { slug, views: 1 })).status).toBe(422)
		const [row] = await database().all(sql`SELECT views FROM pages WHERE slug = ${slug}`)
		expect(row).toEqual({ views: 'many' })
	})

	it('at the end of its range is held', async () => {
		const slug = await page({ views: MAX - 1, total: String(2n ** 63n - 2n) })
		const row = { slug, views: 1, total: '1' }
		for (const key of [undefined, fresh('k')]) {
			const other = await page({ views: MAX - 1, total: String(2n ** 63n - 2n) })
			expect((await put('add=views,total', { ...row, slug: other }, key)).body).toMatchObject({
				row: { views: MAX, total: String(2n ** 63n - 1n) },
				updated: true,
			})
		}
	})

	it('may break a rule of the table', async () => {
		const number = fresh('n')
		await ask('POST', '/orders', { number, low: 0, high: 2 })
		const add = async () => await ask('PUT', '/orders?by=number&add=low', { number, low: 1 })
		expect((await add()).body).toMatchObject({ row: { low: 1 }, updated: true })
		expect(await add()).toMatchObject({
			status: 422,
			body: { errors: [{ detail: 'breaks the rule "low must be below high"' }] },
		})
	})
})

describe('many who add', () => {
	const CALLERS = 64

	it.each(['there', 'not there'])(
		'are each told another number, and none is lost: the row is %s',
		async (how) => {
			const slug = how === 'there' ? await page() : fresh('page')
			const answers = await Promise.all(
				Array.from(
					{ length: CALLERS },
					async () => (await put('add=views', { slug, views: 1 })).body as Told,
				),
			)
			const told = answers.map(({ row: { views } }) => Number(views)).toSorted((a, b) => a - b)
			expect(told).toEqual(Array.from({ length: CALLERS }, (_, i) => i + 1))
			expect(answers.filter(({ created }) => created)).toHaveLength(how === 'there' ? 0 : 1)
			expect(answers.filter(({ updated }) => updated)).toHaveLength(how === 'there' ? CALLERS : CALLERS - 1)
		},
	)

	it('are told a chain of sums, whatever else is asked of the row at once', async () => {
		const slug = await page()
		const asks: [query: string, row: { views?: number; likes?: number }, count?: number][] = [
			['add=views', { views: 1 }],
			['add=views', { views: 5 }],
			['max=likes', { likes: 7 }],
			['add=views', { views: Number.MAX_SAFE_INTEGER }],
			['add=views', { views: 2 }, 3],
		]
		const sent = Array.from({ length: 100 }, async (_, i) => {
			const [query, row, count] = asks[i % asks.length] ?? ['add=views', { views: 0 }]
			const rows = Array.from({ length: count ?? 1 }, () => ({ slug, ...row }))
			const [{ body }] = await Promise.all([put(query, rows), ask('POST', '/pages?by=slug', { slug })])
			return query === 'add=views'
				? (body as Partial<Told>[]).map((told) => ({ told, by: Number(row.views) }))
				: []
		})
		const done = (await Promise.all(sent))
			.flat()
			.flatMap(({ told, by }) => (told.row ? [{ views: Number(told.row.views), by }] : []))
			.toSorted((a, b) => a.views - b.views)
		expect(done).toHaveLength(100)
		let sum = 0
		for (const { views, by } of done) {
			sum += by
			expect(views).toBe(sum)
		}
		expect((await ask('GET', `/pages?slug=${slug}`)).body).toMatchObject({ views: sum, likes: 7 })
	})

	it('are refused alone', async () => {
		const slug = await page({ views: Number.MAX_SAFE_INTEGER - 3 })
		const answers = await Promise.all(
			Array.from(
				{ length: 20 },
				async (_, i) => await put('add=views', { slug, views: i % 2 === 0 ? 1 : -1 }),
			),
		)
		const sum = answers.reduce((all, { status }, i) => all + (status === 200 ? (i % 2 === 0 ? 1 : -1) : 0), 0)
		expect((await ask('GET', `/pages?slug=${slug}`)).body).toMatchObject({
			views: Number.MAX_SAFE_INTEGER - 3 + sum,
		})
		expect(answers.every(({ status }) => status === 200 || status === 422)).toBe(true)
	})

	it('are each refused for what it adds, not for a sum', async () => {
		const slug = await page({ views: Number.MAX_SAFE_INTEGER - 1 })
		const rows = [2, -2, 1].map((views) => ({ slug, views }))
		expect((await put('add=views', rows)).body).toMatchObject([
			{ problem: { status: 422, errors: [{ pointer: '/views' }] } },
			{ row: { views: Number.MAX_SAFE_INTEGER - 3 }, updated: true },
			{ row: { views: Number.MAX_SAFE_INTEGER - 2 }, updated: true },
		])
	})

	it('are each seen by a trigger', async () => {
		const slug = fresh('tally')
		const add = async () => await ask('PUT', '/tallies?by=slug&add=count', { slug, count: 1 })
		await add()
		await Promise.all(Array.from({ length: 20 }, add))
		const rows = [1, 2, 3].map((count) => ({ slug, count }))
		const { body } = await ask('PUT', '/tallies?by=slug&add=count', rows)
		expect(body).toMatchObject([
			{ row: { count: 22, turns: 21 } },
			{ row: { count: 24, turns: 22 } },
			{ row: { count: 27, turns: 23 } },
		])
	})

	it('are refused alone by a rule that sees each number', async () => {
		const number = fresh('n')
		await ask('POST', '/orders', { number, low: 0, high: 8 })
		const answers = await Promise.all(
			Array.from(
				{ length: 20 },
				async () => await ask('PUT', '/orders?by=number&add=low', { number, low: 1 }),
			),
		)
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(7)
		expect(answers.filter(({ status }) => status === 422)).toHaveLength(13)
	})

	it('count once under a key, and their repeats are told the row as it is', async () => {
		const slug = await page()
		const keys = Array.from({ length: 10 }, () => fresh('key'))
		const send = async () =>
			await Promise.all(
				[...keys, ...keys].map(async (key) => await put('add=views', { slug, views: 1 }, key)),
			)
		const answers = [...(await send()), ...(await send())]
		expect(answers.every(({ body }) => (body as Told).updated)).toBe(true)
		expect((await put('add=views', { slug, views: 1 }, keys[0])).body).toMatchObject({
			row: { views: 10 },
			updated: true,
		})
		const items = [1, 2].map((views) => ({ slug, views }))
		const key = fresh('key')
		expect((await put('add=views', items, key)).body).toMatchObject([
			{ row: { views: 11 } },
			{ row: { views: 13 } },
		])
		expect((await put('add=views', items, key)).body).toMatchObject([
			{ row: { views: 13 }, updated: true },
			{ row: { views: 13 }, updated: true },
		])
	})

	it('in another way ask for something else', async () => {
		const [slug, key] = [await page(), fresh('key')]
		await put('add=views', { slug, views: 1 }, key)
		for (const query of ['update=views', 'max=views', 'newer=views'])
			expect(await put(query, { slug, views: 1 }, key)).toMatchObject({
				status: 422,
				body: { type: '/problems/idempotency-mismatch' },
			})
	})
})

describe('in TypeScript', () => {
	it('is the same, in a transaction too', async () => {
		const db = database()
		const slug = await page()
		const add = { by: ['slug'], add: ['views'] } as const
		expect(await updateOrCreate(db, pages, { slug, views: 1 }, add)).toMatchObject({ row: { views: 1 } })
		const many = await updateOrCreateMany(
			db,
			pages,
			[2, 3].map((views) => ({ slug, views, total: 7n })),
			{ ...add, fill: ['total'], newer: 'seenAt' },
		)
		expect(many).toMatchObject([{ error: { faults: [{ pointer: '/seenAt' }] } }, { error: {} }])
		const seenAt = new Date(LATE)
		await db.transaction(async (tx) => {
			const { row, updated } = await updateOrCreate(
				tx,
				pages,
				{ slug, views: 4, seenAt, total: 7n },
				{ ...add, fill: ['total'], newer: 'seenAt' },
			)
			expect({ row, updated }).toMatchObject({ row: { views: 5, total: 7n, seenAt }, updated: true })
		})
		// @ts-expect-error: no number
		await expect(updateOrCreate(db, pages, { slug, title: 't' }, { add: ['title'] })).rejects.toThrow(
			'"add" names',
		)
	})
})
