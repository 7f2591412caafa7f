import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql/http'
import { describe, expect, it } from 'vitest'
import { getOrCreateMany, type LibsqlDatabase, reference, updateOrCreate } from '../../src/get-or-create'
import { authors, books, orders, tags } from '../support/schema'
import { database, fresh } from '../support/service'

/** The database, over a connection that loses its first answer; `meanwhile` happens before the next try. */
function losing(meanwhile: () => Promise<unknown>): LibsqlDatabase {
	const { $client } = database()
	let tries = 0
	const client: typeof $client = Object.create($client)
	client.batch = async (...args) => {
		const results = await $client.batch(...args)
		if (++tries > 1) return results
		await meanwhile()
		throw new Error('Network connection lost.')
	}
	return drizzle(client)
}

describe('a transaction whose answer was lost', () => {
	it('is not forgotten where its repeat has to be split', async () => {
		const db = database()
		const [number, orphan, slug] = [fresh('order'), fresh('order'), fresh('tag')]
		await db.insert(tags).values({ slug })
		// Both rows are made; then one is gone, and so is what it refers to, so that the repeat breaks a rule.
		const broken = losing(async () => {
			await db.delete(orders).where(eq(orders.number, orphan))
			await db.delete(tags).where(eq(tags.slug, slug))
		})
		const results = await getOrCreateMany(broken, orders, [{ number }, { number: orphan, tag: slug }], {
			by: ['number'],
		})
		expect(results).toMatchObject([{ error: { failure: 'unknown' } }, { error: { failure: 'unknown' } }])
	})

	it('is not half repeated where a row that must not be done again refers to another', async () => {
		const db = database()
		const [title, email] = [fresh('book'), fresh('author')]
		const authorId = () => reference(authors, { email, name: email }, { by: ['email'] })
		const terms = { by: ['title', 'authorId'], add: ['pages'] } as const
		const broken = losing(async () => {
			await db.delete(books).where(eq(books.title, title))
			await db.delete(authors).where(eq(authors.email, email))
		})
		const told = updateOrCreate(broken, books, { title, authorId: authorId(), pages: 1 }, terms)
		await expect(told).rejects.toMatchObject({ failure: 'unknown' })
		expect(await db.select().from(authors).where(eq(authors.email, email))).toEqual([])
		const again = await updateOrCreate(
			losing(async () => undefined),
			books,
			{ title, authorId: authorId(), pages: 1 },
			{ by: ['title', 'authorId'], update: [] },
		).catch((error: unknown) => error)
		expect(again).toMatchObject({ failure: 'unknown' })
		expect(await db.select().from(books).where(eq(books.title, title))).toMatchObject([{ pages: 1 }])
	})
})
