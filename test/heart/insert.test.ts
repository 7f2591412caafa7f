import { env } from 'cloudflare:workers'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { Statement } from '../../src/database/send'
import { ConflictError, getOrCreate, InvalidRowError } from '../../src/get-or-create'
import { overItems } from '../../src/get-or-create/items'
import { rowRequest } from '../../src/get-or-create/row-request'
import { statementsOf } from '../../src/get-or-create/statements'
import { tableInfo } from '../../src/get-or-create/table'
import { resource } from '../../src/service/resource'
import { serve } from '../support/app'
import { context } from '../support/context'
import { SET } from '../support/manner'
import { audited, drafts, orders, seats, turns } from '../support/schema'
import { database, fresh } from '../support/service'

describe('a row that is there', () => {
	it.each([turns, seats])(
		'uses up no id, nor does a conflict, with AUTOINCREMENT (first) or without',
		async (table) => {
			const db = database()
			const ticket = { code: fresh('code'), seat: fresh('seat') }
			const first = await getOrCreate(db, table, ticket)
			expect((await getOrCreate(db, table, ticket)).created).toBe(false)
			await expect(getOrCreate(db, table, { ...ticket, seat: fresh('seat') })).rejects.toThrow(ConflictError)
			const second = await getOrCreate(db, table, { code: fresh('code'), seat: fresh('seat') })
			expect(second.row.id).toBe(first.row.id + 1)
		},
	)

	it('is found whatever a CHECK or a trigger says to the values for its creation', async () => {
		const db = database()
		const order = { number: fresh('order'), low: 1, high: 2 }
		await getOrCreate(db, orders, order)
		const found = await getOrCreate(db, orders, { ...order, low: 3 }, { by: ['number'] })
		expect(found).toMatchObject({ created: false, row: order })
		const name = fresh('name')
		await getOrCreate(db, audited, { name })
		await db.$client.execute({
			sql: 'UPDATE audited SET name = ? WHERE name = ?',
			args: [`forbidden-${name}`, name],
		})
		expect((await getOrCreate(db, audited, { name: `forbidden-${name}` })).created).toBe(false)
	})
})

describe('a row that is there, to a service that knows its table', () => {
	const [numbered, tried] = ['numbered_by_hand', 'tried_by_hand'].map((name) =>
		sqliteTable(name, {
			id: integer().primaryKey(),
			code: text().notNull().unique(),
			seat: text().notNull().unique(),
		}),
	)
	const app = serve(
		[turns, seats, numbered, tried, orders].flatMap((table) => table ?? []).map((table) => resource(table)),
	)
	const post = async (table: string, row: object, query = '') => {
		const headers = { authorization: 'Bearer first-token', 'content-type': 'application/json' }
		const init = { method: 'POST', headers, body: JSON.stringify(row) }
		// What a service knows of its database hangs on its bindings.
		const answer = await app.request(`/${table}${query}`, init, env, context)
		const body: { row: { id: number } } = await answer.json()
		return { status: answer.status, ...body }
	}

	beforeAll(async () => {
		await database().$client.batch([
			'CREATE TABLE numbered_by_hand (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, seat TEXT NOT NULL UNIQUE)',
			'CREATE TABLE tried_by_hand (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, seat TEXT NOT NULL UNIQUE)',
			'CREATE TABLE tries (code TEXT)',
			'CREATE TRIGGER trying BEFORE INSERT ON tried_by_hand BEGIN INSERT INTO tries VALUES (NEW.code); END',
		])
	})

	it.each(['turns', 'seats', 'numbered_by_hand'])(
		'uses up no id of %s, nor does a conflict',
		async (table) => {
			const ticket = { code: fresh('code'), seat: fresh('seat') }
			const first = await post(table, ticket)
			expect((await post(table, ticket)).status).toBe(200)
			expect((await post(table, { ...ticket, seat: fresh('seat') })).status).toBe(409)
			const second = await post(table, { code: fresh('code'), seat: fresh('seat') })
			expect(second).toMatchObject({ status: 201, row: { id: first.row.id + 1 } })
		},
	)

	it('fires no trigger', async () => {
		const ticket = { code: fresh('code'), seat: fresh('seat') }
		for (const status of [201, 200, 200]) expect((await post('tried_by_hand', ticket)).status).toBe(status)
		const tries = { sql: 'SELECT count(*) AS n FROM tries WHERE code = ?', args: [ticket.code] }
		expect((await database().$client.execute(tries)).rows).toMatchObject([{ n: 1 }])
	})

	it('is found whatever a CHECK says to the values for its creation', async () => {
		const order = { number: fresh('order'), low: 1, high: 2 }
		await post('orders', order)
		expect(await post('orders', { ...order, low: 3 }, '?by=number')).toMatchObject({
			status: 200,
			row: order,
		})
	})

	it.each([1, 10])('costs few rows to read, be it there or not, beside %s', async (count) => {
		const info = tableInfo(seats)
		const by = info.columns.filter(({ property }) => property === 'code')
		const requests = Array.from({ length: count }, () =>
			rowRequest(info, { verb: 'get-or-create', by, row: { code: fresh('code'), seat: fresh('seat') } }),
		)
		const items = requests.map(({ json }) => json)
		const statements = requests
			.slice(0, 1)
			.flatMap(({ shape }) => statementsOf(shape, SET).steps)
			.map(({ sql }) => overItems(sql, items))
		const made = await rowsRead(statements)
		expect(made).toBeLessThanOrEqual(3 * count)
		expect(await rowsRead(statements)).toBeLessThanOrEqual(made)
	})
})

/** How many rows statements read, as libSQL counts them and Turso bills. */
async function rowsRead(statements: readonly Statement[]): Promise<number> {
	const requests = statements.map(({ sql, args }) => ({
		type: 'execute',
		stmt: { sql, args: args.map((value) => ({ type: 'text', value })) },
	}))
	const body = JSON.stringify({ requests: [...requests, { type: 'close' }] })
	const answer = await fetch(`${inject('databaseUrl')}/v2/pipeline`, { method: 'POST', body })
	const { results }: { results: { response: { result?: { rows_read: number } } }[] } = await answer.json()
	return results.reduce((sum, { response }) => sum + (response.result?.rows_read ?? 0), 0)
}

describe('the insert', () => {
	it('is stopped without an error by a unique index that it cannot see', async () => {
		const db = database()
		const title = fresh('title')
		const request = (path: string) =>
			rowRequest(tableInfo(drafts), { verb: 'get-or-create', row: { path, title, live: true } })
		const [one, two] = [request(fresh('a')), request(fresh('b'))]
		const { steps } = statementsOf(one.shape, SET)
		const insert = steps.find(({ step }) => step === 'insert')?.sql ?? ''
		const { rows } = await db.$client.execute({ sql: insert, args: [`[${one.json},${two.json}]`] })
		expect(rows).toHaveLength(1)
	})

	it('hides no rule but uniqueness', async () => {
		const bad = getOrCreate(database(), orders, { number: fresh('order'), low: 5, high: 5 })
		await expect(bad).rejects.toThrow(InvalidRowError)
		await expect(bad).rejects.toMatchObject({
			faults: [{ pointer: '', detail: 'breaks the rule "low must be below high"' }],
		})
	})

	it('lets triggers show in the row', async () => {
		const made = await getOrCreate(database(), audited, { name: fresh('name') })
		expect(made).toMatchObject({ created: true, row: { total: 100 } })
	})
})
