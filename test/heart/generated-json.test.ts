import { sql } from 'drizzle-orm'
import { customType, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { expect, it } from 'vitest'
import { getOrCreate } from '../../src/get-or-create'
import { database, fresh } from '../support/service'

const snowflake = customType<{ data: bigint; driverData: bigint | number }>({
	dataType: () => 'integer',
	toDriver: (value) => value,
	fromDriver: (stored) => BigInt(String(stored)),
})

const events = sqliteTable('generated_json', {
	id: snowflake().primaryKey(),
	name: text().notNull().unique(),
	told: text({ mode: 'json' }).generatedAlwaysAs(sql`json_object('name', name)`),
})

it('reads JSON that the database makes, beside an id beyond 2^53', async () => {
	const db = database()
	await db.run(
		sql`CREATE TABLE generated_json (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
			told TEXT GENERATED ALWAYS AS (json_object('name', name)) VIRTUAL)`,
	)
	const row = { id: 1152921504606846977n, name: fresh('json') }
	const made = await getOrCreate(db, events, row)
	expect(made).toEqual({ row: { ...row, told: { name: row.name } }, created: true })
	expect(await getOrCreate(db, events, row)).toEqual({ row: made.row, created: false })
})
