import { randomUUID } from 'node:crypto'
import { createClient } from '@libsql/client'
import { eq, like, sql } from 'drizzle-orm'
import { drizzle, type LibSQLDatabase } from 'drizzle-orm/libsql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LibsqlServer, startLibsqlServer } from '../../scripts/libsql-server.ts'
import {
	ConflictError,
	DatabaseError,
	getOrCreate,
	getOrCreateMany,
	InvalidRowError,
	updateOrCreate,
	updateOrCreateMany,
} from '../../src/get-or-create'
import { audited, memberships, orders, pairs, tags } from '../support/schema'
import { KINDS, newFolder, type Opened, removeFolder, tablesSql } from './databases'

const fresh = (word: string) => `${word}-${randomUUID()}`
const caught = async (work: Promise<unknown>) => await work.catch((error: unknown) => error)
const ROLLBACK = new Error('the caller wants it undone')

describe.each(KINDS)('a transaction %s', (_, open) => {
	let opened: Opened
	beforeAll(async () => (opened = await open(await tablesSql())), 30_000)
	afterAll(async () => await opened.close())

	const slugs = async (prefix: string) =>
		(
			await opened.db
				.select()
				.from(tags)
				.where(like(tags.slug, `${prefix}%`))
				.orderBy(tags.slug)
		).map(({ slug, label }) => `${slug.slice(prefix.length)}${label ?? ''}`)

	it('makes a row, finds it, and has it once it is committed', async () => {
		const { db } = opened
		const slug = fresh('tag')
		const results = await db.transaction(async (tx) => [
			await getOrCreate(tx, tags, { slug, label: 'a' }),
			await getOrCreate(tx, tags, { slug, label: 'b' }, { by: ['slug'] }),
			await tx.select().from(tags).where(eq(tags.slug, slug)),
		])
		const row = { slug, label: 'a' }
		expect(results).toEqual([{ row, created: true }, { row, created: false }, [row]])
		expect(await getOrCreate(db, tags, row)).toEqual({ row, created: false })
	})

	it('goes on and is committed after errors that the caller catches', async () => {
		const { db } = opened
		const [a, b, slug] = [fresh('a'), fresh('b'), fresh('tag')]
		await getOrCreate(db, pairs, { a, b })
		const errors = await db.transaction(async (tx) => {
			const conflict = await caught(getOrCreate(tx, pairs, { a, b: 'other' }))
			await tx.insert(tags).values({ slug: `${slug}1` })
			const rule = await caught(getOrCreate(tx, orders, { number: fresh('order'), low: 5, high: 1 }))
			const moved = await caught(updateOrCreate(tx, pairs, { a: fresh('a'), b }, { by: ['a'] }))
			await getOrCreate(tx, tags, { slug: `${slug}2` })
			return [conflict, rule, moved]
		})
		expect(errors).toEqual([
			expect.any(ConflictError),
			expect.any(InvalidRowError),
			expect.any(ConflictError),
		])
		expect(errors).toMatchObject([{ conflicts: [{ key: ['a'], differs: ['b'] }] }, {}, {}])
		expect(await slugs(slug)).toEqual(['1', '2'])
	})

	it('is rolled back with the rows that it made and updated', async () => {
		const { db } = opened
		const slug = fresh('tag')
		await getOrCreate(db, tags, { slug: `${slug}1`, label: 'a' })
		const work = db.transaction(async (tx) => {
			const made = await getOrCreate(tx, tags, { slug: `${slug}2` })
			const updated = await updateOrCreate(tx, tags, { slug: `${slug}1`, label: 'b' })
			expect([made.created, updated.updated]).toEqual([true, true])
			throw ROLLBACK
		})
		await expect(work).rejects.toBe(ROLLBACK)
		expect(await slugs(slug)).toEqual(['1a'])
	})

	it('may stand in another, and is rolled back alone', async () => {
		const { db } = opened
		const slug = fresh('tag')
		await db.transaction(async (tx) => {
			await getOrCreate(tx, tags, { slug: `${slug}1` })
			const inner = tx.transaction(async (inmost) => {
				await getOrCreate(inmost, tags, { slug: `${slug}2` })
				await inmost.transaction(async (third) => await getOrCreate(third, tags, { slug: `${slug}3` }))
				throw ROLLBACK
			})
			await expect(inner).rejects.toBe(ROLLBACK)
			await tx.transaction(async (second) => {
				await caught(getOrCreate(second, orders, { number: fresh('order'), low: 5, high: 1 }))
				await getOrCreate(second, tags, { slug: `${slug}4` })
			})
			expect(await getOrCreate(tx, tags, { slug: `${slug}2`, label: 'new' })).toMatchObject({ created: true })
		})
		expect(await slugs(slug)).toEqual(['1', '2new', '4'])
	})

	it('keeps nothing of a refused row, and the rows beside it', async () => {
		const { db } = opened
		const number = fresh('order')
		await getOrCreate(db, orders, { number: `${number}1` })
		const results = await db.transaction(async (tx) => [
			...(await getOrCreateMany(tx, orders, [
				{ number: `${number}2` },
				{ number: `${number}3`, low: 50 },
				{ number: `${number}4`, tag: 'nowhere' },
				{ number: `${number}5` },
				{ number: `${number}5` },
			])),
			...(await updateOrCreateMany(
				tx,
				orders,
				[
					{ number: `${number}1`, low: 1 },
					{ number: `${number}6`, low: 2 },
					{ number: `${number}7`, low: 50 },
				],
				{ by: ['number'] },
			)),
		])
		const told = results.map((result) =>
			'error' in result ? result.error.name : [result.created, 'updated' in result && result.updated],
		)
		expect(told).toEqual([
			[true, false],
			'InvalidRowError',
			'InvalidRowError',
			[true, false],
			[false, false],
			[false, true],
			[true, false],
			'InvalidRowError',
		])
		const stored = await db
			.select({ number: sql<string>`substr(${orders.number}, -1)`, low: orders.low })
			.from(orders)
			.where(like(orders.number, `${number}%`))
			.orderBy(orders.number)
		expect(stored.map(({ number: last, low }) => `${last}: ${low}`)).toEqual(['1: 1', '2: 0', '5: 0', '6: 2'])
	})

	it('takes calls that are made at once, one after the other', async () => {
		const { db } = opened
		const slug = fresh('tag')
		const results = await db.transaction(
			async (tx) =>
				await Promise.all([
					getOrCreate(tx, tags, { slug: `${slug}1` }),
					caught(getOrCreate(tx, orders, { number: fresh('order'), low: 5, high: 1 })),
					getOrCreate(tx, tags, { slug: `${slug}1` }),
					getOrCreateMany(tx, tags, [{ slug: `${slug}2` }, { slug: `${slug}3` }]),
				]),
		)
		expect(results).toMatchObject([
			{ created: true },
			{ name: 'InvalidRowError' },
			{ created: false },
			[{ created: true }, { created: true }],
		])
		expect(await slugs(slug)).toEqual(['1', '2', '3'])
	})

	it('shows what triggers and defaults made of a row', async () => {
		const name = fresh('audited')
		const made = await opened.db.transaction(async (tx) => await getOrCreate(tx, audited, { name }))
		expect(made).toEqual({ row: { id: expect.any(Number), name, total: 100 }, created: true })
		const team = fresh('team')
		const given = await opened.db.transaction(
			async (tx) => await getOrCreate(tx, memberships, { team, person: 'ann' }),
		)
		expect(given.row).toEqual({ id: expect.any(Number), team, person: 'ann', role: 'member', note: null })
	})

	it('throws where a row has ended it, and lets nothing slip out of it', async () => {
		const { db } = opened
		const [slug, name] = [fresh('tag'), fresh('name')]
		const work = db.transaction(async (tx) => {
			await getOrCreate(tx, tags, { slug: `${slug}1` })
			const rows = [{ name }, { name: fresh('final') }, { name: fresh('name') }]
			const error = await caught(getOrCreateMany(tx, audited, rows))
			expect(error).toBeInstanceOf(DatabaseError)
			expect(error).toMatchObject({ failure: 'ended', message: expect.not.stringContaining(name) })
			const next = await caught(getOrCreate(tx, tags, { slug: `${slug}2` }))
			expect(next).toMatchObject({ failure: 'ended' })
		})
		await expect(work).rejects.toThrow(/transaction/)
		expect(await slugs(slug)).toEqual([])
		expect(await db.select().from(audited).where(eq(audited.name, name))).toEqual([])
		expect(await getOrCreate(db, tags, { slug })).toMatchObject({ created: true })
	})

	it('is thrown out of as plain errors, to roll it back', async () => {
		const { db } = opened
		const [number, slug] = [fresh('order'), fresh('tag')]
		const work = db.transaction(async (tx) => {
			await getOrCreate(tx, tags, { slug })
			await getOrCreate(tx, orders, { number, low: 5, high: 1 })
		})
		await expect(work).rejects.toThrow(InvalidRowError)
		expect(await slugs(slug)).toEqual([])
	})

	it('races others for one key, and one alone creates', async () => {
		const { db } = opened
		const slug = fresh('tag')
		const tryOnce = async (label: string) =>
			await db.transaction(async (tx) => {
				const got = await getOrCreate(tx, tags, { slug, label }, { by: ['slug'] })
				await tx
					.update(tags)
					.set({ label: sql`${tags.label} || '+'` })
					.where(eq(tags.slug, slug))
				return got
			})
		/** The database may be busy with another one: then the caller's to begin anew. */
		const tryTo = async (label: string): Promise<Awaited<ReturnType<typeof tryOnce>>> => {
			for (;;) {
				const got = await tryOnce(label).catch(() => undefined)
				if (got) return got
				await new Promise((resolve) => setTimeout(resolve, 5))
			}
		}
		const results = await Promise.all(['a', 'b', 'c'].map(tryTo))
		expect(results.filter(({ created }) => created)).toHaveLength(1)
		const [stored] = await slugs(slug)
		expect(stored).toMatch(/^[abc]\+\+\+$/)
	})
})

describe('a transaction whose database goes away', () => {
	const folder = newFolder()
	let server: LibsqlServer
	let direct: LibSQLDatabase
	beforeAll(async () => {
		// The one that is lost holds its own for some time.
		server = await startLibsqlServer(folder, [], { connections: 8 })
		const client = createClient({ url: server.url })
		await client.executeMultiple(await tablesSql())
		direct = drizzle(client)
	}, 30_000)
	afterAll(async () => {
		await server.stop()
		removeFolder(folder)
	})

	/** A database over a connection of which `after` sees each answer, with what was asked, before it arrives. */
	function over(after: (asked: string) => Promise<void>): LibSQLDatabase {
		const watched: typeof fetch = async (request, init) => {
			const asked = request instanceof Request ? await request.clone().text() : ''
			const answer = await fetch(request, init)
			await after(asked)
			return answer
		}
		return drizzle(createClient({ url: server.url, fetch: watched }))
	}
	const stored = async (slug: string) =>
		await direct
			.select()
			.from(tags)
			.where(like(tags.slug, `${slug}%`))

	it('is told of when the time is up, and nothing of it stays', async () => {
		const slug = fresh('tag')
		let thawed = Promise.resolve()
		const db = over(async () => await thawed)
		const begun = performance.now()
		const work = db.transaction(async (tx) => {
			await getOrCreate(tx, tags, { slug: `${slug}1` })
			const { promise, resolve } = Promise.withResolvers<void>()
			thawed = promise
			const late = getOrCreateMany(tx, tags, [{ slug: `${slug}2` }], { timeout: 200 })
			await expect(late).rejects.toMatchObject({
				failure: 'ended',
				message: expect.stringContaining('timeout'),
			})
			await expect(getOrCreate(tx, tags, { slug: `${slug}3` })).rejects.toMatchObject({ failure: 'ended' })
			resolve()
			throw ROLLBACK
		})
		await expect(work).rejects.toBe(ROLLBACK)
		expect(performance.now() - begun).toBeLessThan(3000)
		expect(await stored(slug)).toEqual([])
	})

	it('is told of when an answer is lost, and nothing is asked again', async () => {
		const slug = fresh('tag')
		const inserts: string[] = []
		const db = over(async (asked) => {
			if (!asked.includes(`${slug}2`)) return
			inserts.push(asked)
			throw new TypeError('fetch failed')
		})
		const told: unknown[] = []
		const work = db.transaction(async (tx) => {
			await getOrCreate(tx, tags, { slug: `${slug}1` })
			told.push(await caught(getOrCreateMany(tx, tags, [{ slug: `${slug}2` }, { slug: `${slug}3` }])))
			throw ROLLBACK
		})
		await expect(work).rejects.toThrow(Error)
		expect(told).toMatchObject([{ failure: 'ended' }])
		expect(inserts).toHaveLength(1)
		expect(await stored(slug)).toEqual([])
	})
})
