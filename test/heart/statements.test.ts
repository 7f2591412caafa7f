import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { type Manner } from '../../src/get-or-create/conditions'
import type { KeyPart } from '../../src/get-or-create/idempotency'
import { Reference } from '../../src/get-or-create/reference'
import { rowRequest } from '../../src/get-or-create/row-request'
import { type Step, statementsOf } from '../../src/get-or-create/statements'
import { tableInfo } from '../../src/get-or-create/table'
import { users } from '../../src/schema'
import { SET } from '../support/manner'
import { citizens, lands, towns } from '../support/reference-tables'
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

const INSERT = `INSERT INTO "users" ("name", "email")
SELECT item.value ->> 0, item.value ->> 1
FROM json_each(?1) AS item WHERE true
ON CONFLICT DO NOTHING
RETURNING iif("id" BETWEEN -9007199254740991 AND 9007199254740991, CAST("id" AS REAL), CAST("id" AS TEXT)) AS told`
const UPDATE = `UPDATE "users" AS found SET "name" = item.value ->> 0
FROM json_each(?1) AS item WHERE found."email" = item.value ->> 1 AND (found."name" IS NOT (item.value ->> 0) COLLATE BINARY) AND NOT EXISTS (SELECT 1 FROM "users" AS held WHERE held."name" = item.value ->> 0 AND (held."id" IS NOT found."id"))
RETURNING iif("id" BETWEEN -9007199254740991 AND 9007199254740991, CAST("id" AS REAL), CAST("id" AS TEXT)) AS told`
const SELECT = `SELECT json_group_array(json_array(CASE WHEN found."email" IS NULL
THEN (SELECT CASE WHEN coalesce(sum(blocks), 0) = 0 THEN json(item.key || 'unexplained')
ELSE json_group_array(json(holder)) END
FROM (SELECT json_array(1, 1, json_array(CASE typeof(held."id") WHEN 'integer' THEN CASE WHEN held."id" BETWEEN -9007199254740991 AND 9007199254740991 THEN held."id" ELSE CAST(held."id" AS TEXT) END WHEN 'real' THEN iif(held."id" - held."id" = 0, printf('%!.17g', held."id"), '9e999') ELSE CAST(held."id" AS TEXT) END), NOT (held."email" IS item.value ->> 1)) AS holder, 1 AS blocks FROM "users" AS held WHERE held."name" = item.value ->> 0
UNION
SELECT json_array(2, 1, json_array(CASE typeof(held."id") WHEN 'integer' THEN CASE WHEN held."id" BETWEEN -9007199254740991 AND 9007199254740991 THEN held."id" ELSE CAST(held."id" AS TEXT) END WHEN 'real' THEN iif(held."id" - held."id" = 0, printf('%!.17g', held."id"), '9e999') ELSE CAST(held."id" AS TEXT) END), NOT (held."email" IS item.value ->> 1)) AS holder, 1 AS blocks FROM "users" AS held WHERE held."email" = item.value ->> 1))
ELSE item.key END, json_array(CASE typeof(found."id") WHEN 'integer' THEN CASE WHEN found."id" BETWEEN -9007199254740991 AND 9007199254740991 THEN found."id" ELSE CAST(found."id" AS TEXT) END WHEN 'real' THEN iif(found."id" - found."id" = 0, printf('%!.17g', found."id"), '9e999') ELSE CAST(found."id" AS TEXT) END, found."name" || '', found."email" || ''))) AS told
FROM json_each(?1) AS item
LEFT JOIN "users" AS found ON found."email" = item.value ->> 1`
const ONE: Manner = { ...SET, rows: 'one' }

/** What is looked through; not a subquery's own few rows. */
function scans(plan: string[]): string[] {
	return plan.filter((line) => line.startsWith('SCAN') && !/^SCAN (CONSTANT ROW|\(subquery-\d+\))/.test(line))
}

/** As it is sent for one row, whose cells are the first item of the parameter; a line for each part. */
function sqlOf(verb: 'get-or-create' | 'update-or-create', wanted: Step): string | undefined {
	const by = tableInfo(users).columns.filter(({ property }) => property === 'email')
	const row = { name: 'Alice', email: 'alice@example.com' }
	const { shape } = rowRequest(tableInfo(users), { verb, row, by })
	return statementsOf(shape, SET)
		.steps.find(({ step }) => step === wanted)
		?.sql.replaceAll(
			/ (?=SELECT (?!1)|FROM [j(]|LEFT JOIN|UNION|THEN \(|ELSE (?:json_|item)|ON CONFLICT|RETURNING)/g,
			'\n',
		)
}

describe('the SQL of users', () => {
	it('is for POST who was created, and what the row is now', () => {
		expect(sqlOf('get-or-create', 'insert')).toBe(INSERT)
		expect(sqlOf('get-or-create', 'select')).toBe(SELECT)
	})

	it('is for PUT who was updated, and then the same', () => {
		expect(sqlOf('update-or-create', 'update')).toBe(UPDATE)
		expect(sqlOf('update-or-create', 'insert')).toBe(INSERT)
	})
})

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
		const key = { key: 'k', position: 0, request: 'row' as const }
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

	it('of rows by what they refer to searches for both by their unique keys', async () => {
		const land = new Reference(tableInfo(lands), { row: { code: 'de' }, faults: [] })
		const town = new Reference(tableInfo(towns), { row: { name: 't', land }, faults: [] })
		const referring = [
			{
				table: towns,
				row: { name: 't', land, size: 1 },
				index: /towns_name_land_code_unique \(name=\? AND land_code=\?\)/,
			},
			{
				table: citizens,
				row: { handle: 'h', townId: town, born: land },
				index: /citizens_handle_unique \(handle=\?\)/,
			},
		]
		for (const { table, row, index } of referring) {
			const { shape, json } = encode(table, row)
			for (const manner of [SET, ONE]) {
				// A new row may be one for which others wait, where foreign keys are deferred: the insert's own plan has these.
				const steps = statementsOf(shape, manner).steps.filter(({ step }) => step !== 'insert')
				for (const { sql } of steps) {
					expect(scans(await queryPlan(sql, [json]))).toEqual([
						expect.stringMatching(/^SCAN item VIRTUAL TABLE/),
					])
				}
				const select = steps.find(({ step }) => step === 'select')
				expect(await queryPlan(select?.sql ?? '', [json])).toContainEqual(expect.stringMatching(index))
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
