import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql/http'
import { describe, expect, it } from 'vitest'
import { getOrCreateMany, type LibsqlDatabase } from '../../src/get-or-create'
import { orders, tags } from '../support/schema'
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
})
