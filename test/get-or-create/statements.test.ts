import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import type { RowKey } from '../../src/get-or-create/idempotency'
import { rowRequest } from '../../src/get-or-create/row-request'
import { statementsOf } from '../../src/get-or-create/statements'
import { tableInfo } from '../../src/get-or-create/table'
import { users } from '../../src/schema'
import { memberships, places } from '../support/schema'
import { database } from '../support/service'

async function queryPlan(sql: string, rows: string[]): Promise<string[]> {
	const args = sql.includes('?2') ? [`[${rows.join()}]`, 'a try'] : [`[${rows.join()}]`]
	const plan = await database().$client.execute({ sql: `EXPLAIN QUERY PLAN ${sql}`, args })
	return plan.rows.map((row) => String(row.detail))
}

const encode = (table: SQLiteTable, row: Record<string, unknown>, by?: string[], key?: RowKey) => {
	const info = tableInfo(table)
	const columns = by?.map((property) => info.columns.filter((column) => column.property === property)).flat()
	return rowRequest(info, { verb: 'update-or-create', row, by: columns, key })
}

describe('the query plan', () => {
	const cases = [
		{ table: users, row: { name: 'n', email: 'e' }, by: ['email'], index: /users_email_unique \(email=\?\)/ },
		{
			table: users,
			row: { name: 'n', email: 'e' },
			by: ['name', 'email'],
			index: /users_(name|email)_unique/,
		},
		{
			table: users,
			row: { id: 1, name: 'n', email: 'e' },
			by: ['id'],
			index: /INTEGER PRIMARY KEY \(rowid=\?\)/,
		},
		{
			table: memberships,
			row: { team: 't', person: 'p', note: 'n' },
			by: ['team', 'person'],
			index: /memberships_team_person_unique \(team=\? AND person=\?\)/,
		},
		{
			table: places,
			row: { country: 'de', code: 1, name: 'n' },
			by: ['country', 'code'],
			index: /sqlite_autoindex_places_1 \(country=\? AND code=\?\)/,
		},
	]
	for (const { table, row, by, index } of cases) {
		for (const count of [1, 1000]) {
			it(`searches by ${by.join()} with its unique index for ${count} rows`, async () => {
				const { shape, json } = encode(table, row, by)
				const { select, update = select } = statementsOf(shape)
				const rows = Array.from({ length: count }, () => json)
				for (const statement of [select, update]) {
					const plan = await queryPlan(statement, rows)
					expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual([
						expect.stringMatching(/^SCAN item VIRTUAL TABLE/),
					])
					expect(plan).toContainEqual(expect.stringMatching(index))
				}
			})
		}
	}

	it.each(cases)('of rows by $by under an Idempotency-Key scans nothing but the rows sent', async (each) => {
		const key = { key: 'k', position: 0, alone: true }
		const { shape, json } = encode(each.table, each.row, each.by, key)
		const { notes, update, insert } = statementsOf(shape)
		const statements = [notes?.write, update, insert, notes?.settle, notes?.read].flatMap((sql) => sql ?? [])
		expect(statements.length).toBeGreaterThan(3)
		for (const statement of statements) {
			const plan = await queryPlan(statement, [json])
			expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual([
				expect.stringMatching(/^SCAN item VIRTUAL TABLE/),
			])
			const notesSearched = plan.filter((step) => /^SEARCH (note|idempotency_keys)\b/.test(step))
			for (const step of notesSearched) expect(step).toMatch(/scope=\? AND key=\? AND position=\?|rowid=\?/)
		}
	})

	it('of the insert scans nothing but the rows sent', async () => {
		const { shape, json } = encode(users, { name: 'n', email: 'e' })
		const plan = await queryPlan(statementsOf(shape).insert ?? '', [json])
		expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual([
			expect.stringMatching(/^SCAN item VIRTUAL TABLE/),
		])
	})
})

describe('the statements', () => {
	it('are built once per shape', () => {
		const one = encode(users, { name: 'a', email: 'b' })
		const two = encode(users, { email: 'c', name: 'd' })
		expect(two.shape).toBe(one.shape)
		expect(statementsOf(two.shape)).toBe(statementsOf(one.shape))
	})
})
