import { describe, expect, it } from 'vitest'
import { ConflictError, getOrCreate, InvalidRowError } from '../../src/get-or-create'
import { rowRequest } from '../../src/get-or-create/row-request'
import { statementsOf } from '../../src/get-or-create/statements'
import { tableInfo } from '../../src/get-or-create/table'
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

describe('the insert', () => {
	it('is stopped without an error by a unique index that it cannot see', async () => {
		const db = database()
		const title = fresh('title')
		const request = (path: string) =>
			rowRequest(tableInfo(drafts), { verb: 'get-or-create', row: { path, title, live: true } })
		const [one, two] = [request(fresh('a')), request(fresh('b'))]
		const { steps } = statementsOf(one.shape, {
			rows: 'set',
			asBytes: false,
			isRepeat: false,
			isFollowed: false,
			isInOrder: false,
			mayChange: false,
		})
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
