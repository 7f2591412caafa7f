import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { type Manner } from '../../src/get-or-create/conditions'
import type { KeyPart } from '../../src/get-or-create/idempotency'
import { rowRequest } from '../../src/get-or-create/row-request'
import { statementsOf } from '../../src/get-or-create/statements'
import { tableInfo } from '../../src/get-or-create/table'
import { users } from '../../src/schema'
import { SET } from '../support/manner'
import { memberships, places } from '../support/schema'
import { database } from '../support/service'

async function queryPlan(sql: string, rows: string[]): Promise<string[]> {
	const args = sql.includes('?2') ? [`[${rows.join()}]`, 'a try'] : [`[${rows.join()}]`]
	const plan = await database().$client.execute({ sql: `EXPLAIN QUERY PLAN ${sql}`, args })
	return plan.rows.map((row) => String(row.detail))
}

const encode = (table: SQLiteTable, row: Record<string, unknown>, by?: string[], key?: KeyPart) => {
	const info = tableInfo(table)
	const columns = by?.map((property) => info.columns.filter((column) => column.property === property)).flat()
	return rowRequest(info, { verb: 'update-or-create', row, by: columns, key })
}

const ONE: Manner = { ...SET, rows: 'one' }

/** What is looked through; not a subquery's own few rows. */
function scans(plan: string[]): string[] {
	return plan.filter((line) => line.startsWith('SCAN') && !/^SCAN (CONSTANT ROW|\(subquery-\d+\))/.test(line))
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
				const rows = Array.from({ length: count }, () => json)
				const { steps } = statementsOf(shape, SET)
				for (const { sql } of steps.filter(({ step }) => step === 'update' || step === 'select')) {
					const plan = await queryPlan(sql, rows)
					expect(scans(plan)).toEqual([expect.stringMatching(/^SCAN item VIRTUAL TABLE/)])
					expect(plan).toContainEqual(expect.stringMatching(index))
				}
			})
		}
	}

	it.each(cases)('of rows by $by under an Idempotency-Key scans nothing but the rows sent', async (each) => {
		const key = { key: 'k', position: 0, alone: true }
		const { shape, json } = encode(each.table, each.row, each.by, key)
		for (const manner of [SET, ONE]) {
			const { steps } = statementsOf(shape, manner)
			expect(steps.length).toBeGreaterThan(4)
			for (const { sql } of steps) {
				const plan = await queryPlan(sql, [json])
				expect(scans(plan)).toEqual([expect.stringMatching(/^SCAN item VIRTUAL TABLE/)])
				const notesSearched = plan.filter((step) => /^SEARCH (note|idempotency_keys)\b/.test(step))
				for (const step of notesSearched) expect(step).toMatch(/scope=\? AND key=\? AND position=\?|rowid=\?/)
			}
		}
	})

	it('of the insert scans nothing but the rows sent', async () => {
		const { shape, json } = encode(users, { name: 'n', email: 'e' })
		const insert = statementsOf(shape, SET).steps.find(({ step }) => step === 'insert')
		expect(scans(await queryPlan(insert?.sql ?? '', [json]))).toEqual([
			expect.stringMatching(/^SCAN item VIRTUAL TABLE/),
		])
	})
})

describe('the statements', () => {
	it('are built once per shape', () => {
		const one = encode(users, { name: 'a', email: 'b' })
		const two = encode(users, { email: 'c', name: 'd' })
		expect(two.shape).toBe(one.shape)
		expect(statementsOf(two.shape, SET)).toBe(statementsOf(one.shape, SET))
	})
})
