import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { createClient, type ProblemError, type Slug } from '../../src/client'
import type { resources } from '../../src/resources'
import { resource } from '../../src/service/resource'
import * as schema from '../support/schema'

const ROW = { row: { id: 1, name: 'Ada', email: 'ada@example.com' }, created: true }

/** Answers everything as if it had made a row. */
const answering = {
	url: 'http://service.test',
	token: 'x',
	fetch: async (request: Request) => Response.json((await request.text()).startsWith('[') ? [ROW] : ROW),
}
const api = createClient<typeof resources>(answering)

const shops = [
	resource(sqliteTable('e-shop v2', { id: integer().primaryKey(), name: text().notNull().unique() })),
]
const samples = [resource(schema.samples)]
const values = createClient<typeof samples>({ ...answering })

/** What the types of a call are is settled by tsc; here it need only run. */
async function ended(...calls: Promise<unknown>[]): Promise<boolean> {
	return (await Promise.allSettled(calls)).length === calls.length
}

describe('the types of the client', () => {
	it('know the tables, their columns, and which of them are hidden', async () => {
		const calls = ended(
			api.users.getOrCreate({ name: 'Ada', email: 'ada@example.com' }, { by: ['email'] }),
			// @ts-expect-error: there is no such column
			api.users.getOrCreate({ name: 'Ada', email: 'ada@example.com', nmae: 'Ada' }),
			// @ts-expect-error: a required column is missing
			api.users.getOrCreate({ name: 'Ada' }),
			// @ts-expect-error: the column is of another type
			api.users.getOrCreate({ name: 1, email: 'ada@example.com' }),
			// @ts-expect-error: "by" lists columns of the table
			api.users.getOrCreate({ name: 'Ada', email: 'ada@example.com' }, { by: ['mail'] }),
			// @ts-expect-error: only an update updates
			api.users.getOrCreate({ name: 'Ada', email: 'ada@example.com' }, { update: ['name'] }),
			api.accounts.updateOrCreate({ username: 'ada' }, { by: ['username'], update: ['lastLogin'] }),
			api.accounts.updateOrCreate({ username: 'ada' }, { max: ['lastLogin'], newer: 'lastLogin' }),
			values.samples.updateOrCreate({ label: 'x', ratio: 1, huge: 1n }, { add: ['ratio', 'huge'] }),
			// @ts-expect-error: nothing can be added to text
			values.samples.updateOrCreate({ label: 'x' }, { add: ['label'] }),
			// @ts-expect-error: only an update has ways to change a column
			api.users.getOrCreate({ name: 'Ada', email: 'ada@example.com' }, { max: ['name'] }),
			// @ts-expect-error: a hidden column is not known
			api.accounts.updateOrCreate({ username: 'ada', password: 'x' }),
			// @ts-expect-error: nor may it be set
			api.accounts.updateOrCreate({ username: 'ada' }, { update: ['password'] }),
			api.users.getOrCreateMany([{ name: 'Ada', email: 'ada@example.com' }]),
			// @ts-expect-error: of many rows, one has no such column
			api.users.getOrCreateMany([{ name: 'Ada', email: 'ada@example.com', nmae: 'Ada' }]),
			// @ts-expect-error: null identifies no row
			api.accounts.get({ lastLogin: null }),
		)
		expect(await calls).toBe(true)
		// @ts-expect-error: there is no such table
		expect(api.people).toBeDefined()
	})

	it('tell by created which answer it is', async () => {
		const got = await api.users.getOrCreate({ name: 'Ada', email: 'ada@example.com' })
		const updated = await api.users.updateOrCreate({ name: 'Ada', email: 'ada@example.com' })
		const made: true | undefined = got.created ? got.created : undefined
		const untouched: false | undefined = updated.created ? updated.updated : false
		expect([made, untouched]).toEqual([true, undefined])
		const email: string = got.row.email
		// @ts-expect-error: a row has no such column
		expect([email, got.row.mail]).toEqual(['ada@example.com', undefined])
	})

	it('tell an item of many from a problem', async () => {
		const [item] = await api.users.getOrCreateMany([{ name: 'Ada', email: 'ada@example.com' }])
		const told: string | undefined = item?.problem ? item.problem.detail : item?.row.email
		expect(told).toBe('ada@example.com')
		// @ts-expect-error: it may be a problem
		const name: () => string = () => item.row.name
		expect(name()).toBe('Ada')
	})

	it('have text for dates, bytes and big integers in answers, and take either', async () => {
		const answered = async () => {
			const { row } = await values.samples.getOrCreate({
				label: 'x',
				at: new Date(),
				bytes: new Uint8Array(),
				big: 1n,
			})
			const texts: (string | null)[] = [row.at, row.bytes, row.big, row.huge]
			const others: [number | null, boolean | null, unknown] = [row.ratio, row.flag, row.payload]
			return [texts, others]
		}
		const calls = ended(
			answered(),
			values.samples.getOrCreate({ label: 'x', at: '2026-07-01T00:00:00Z', bytes: 'AAE=', big: '1' }),
			// @ts-expect-error: a number is no date
			values.samples.getOrCreate({ label: 'x', at: 1 }),
			// @ts-expect-error: the database computes it
			values.samples.getOrCreate({ label: 'x', doubled: 'xx' }),
		)
		expect(await calls).toBe(true)
	})

	it('know the slugs', () => {
		const slugOf = (error: ProblemError): Slug => error.slug
		const isConflict = (error: ProblemError) => error.slug === 'conflict'
		// @ts-expect-error: there is no such slug
		const isNonsense = (error: ProblemError) => error.slug === 'nonsense'
		expect([slugOf, isConflict, isNonsense]).toHaveLength(3)
	})

	it('reach a table of any name', () => {
		const client = createClient<typeof shops>(answering)
		expect(client['e-shop v2']).toBe(client['e-shop v2'])
		const made = async () => await client['e-shop v2'].getOrCreate({ name: 'Ada' })
		// @ts-expect-error: there is no such column
		const wrong = async () => await client['e-shop v2'].getOrCreate({ nmae: 'Ada' })
		expect([made, wrong]).toHaveLength(2)
	})
})
