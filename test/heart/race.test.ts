import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { getOrCreate } from '../../src/get-or-create'
import { users } from '../../src/schema'
import { call, database, fresh, post } from '../support/service'

const CALLERS = 200

describe('a race', () => {
	it('makes exactly one row when 200 callers ask for it, and tells exactly one that it is new', async () => {
		const row = { name: fresh('race'), email: fresh('race') }
		const answers = await Promise.all(Array.from({ length: CALLERS }, () => post('/users', row)))
		expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(CALLERS - 1)
		const rows = answers.map(({ body }) => JSON.stringify((body as { row: unknown }).row))
		expect(new Set(rows).size).toBe(1)
	})

	it('makes one row when callers want the name of one and the email of another', async () => {
		const [a, b] = [fresh('cross'), fresh('cross')]
		const wanted = [
			{ name: a, email: a },
			{ name: a, email: b },
			{ name: b, email: a },
			{ name: b, email: b },
		]
		const answers = await Promise.all(
			Array.from({ length: CALLERS }, (_, i) => post('/users', wanted[i % 4])),
		)
		expect(answers.filter(({ status }) => ![200, 201, 409].includes(status))).toEqual([])
		// Either (a, a) and (b, b) came to be, or (a, b) and (b, a): each of the four words once as a name.
		const created = answers.filter(({ status }) => status === 201)
		expect(created).toHaveLength(2)
		const rows = await Promise.all([call(`/users?name=${a}`), call(`/users?name=${b}`)])
		const emails = rows.map(({ body }) => (body as { email: string }).email)
		expect(emails.toSorted()).toEqual([a, b].toSorted())
		const refused = answers.filter(({ status }) => status === 409)
		expect(refused).toHaveLength(CALLERS / 2)
		for (const { body } of refused) {
			// The one that stood in the way when its turn came, or both.
			const { conflicts } = body as { conflicts: object[] }
			expect(conflicts).not.toEqual([])
			expect([
				{ key: ['name'], differs: ['email'] },
				{ key: ['email'], differs: ['name'] },
			]).toEqual(expect.arrayContaining(conflicts))
		}
	})

	it('holds for the core over a Drizzle database', async () => {
		const row = { name: fresh('core'), email: fresh('core') }
		const results = await Promise.all(
			Array.from({ length: 50 }, () => getOrCreate(database(), users, row, { by: ['email'] })),
		)
		expect(results.filter(({ created }) => created)).toHaveLength(1)
	})
})

describe('what everyone writes first', () => {
	/** Select, then insert: kept to show that the races above are real. */
	async function selectThenInsert(row: typeof users.$inferInsert) {
		const db = database()
		const [found] = await db.select().from(users).where(eq(users.email, row.email))
		if (found) return { row: found, created: false }
		const [made] = await db.insert(users).values(row).returning()
		return { row: made, created: true }
	}

	it('loses the same race: callers who selected nothing fail on the insert', async () => {
		const row = { name: fresh('naive'), email: fresh('naive') }
		const results = await Promise.allSettled(Array.from({ length: CALLERS }, () => selectThenInsert(row)))
		const failed = results.filter(({ status }) => status === 'rejected')
		expect(failed.length).toBeGreaterThan(0)
	})
})
