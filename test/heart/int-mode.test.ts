import { env } from 'cloudflare:workers'
import { createClient } from '@libsql/client/http'
import { drizzle } from 'drizzle-orm/libsql/http'
import { customType, integer, numeric, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { ConflictError, getOrCreate, getOrCreateMany, updateOrCreate } from '../../src/get-or-create'
import { fresh } from '../support/service'

const big = customType<{ data: bigint; driverData: number | bigint }>({
	dataType: () => 'integer',
	fromDriver: (value) => BigInt(value),
	toDriver: (value) => value,
})

const counted = sqliteTable(
	'counted',
	{
		id: integer().primaryKey(),
		code: text().notNull().unique(),
		digits: text().notNull(),
		size: big().notNull(),
		ratio: real(),
		amount: numeric({ mode: 'number' }),
		exact: numeric({ mode: 'bigint' }),
		isOn: integer({ mode: 'boolean' }).notNull().default(false),
		at: integer({ mode: 'timestamp_ms' }),
		json: text({ mode: 'json' }).$type<unknown>(),
	},
	(table) => [unique().on(table.size, table.digits)],
)

beforeAll(async () => {
	await createClient({ url: env.TURSO_DATABASE_URL }).execute(
		`CREATE TABLE counted (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, digits TEXT NOT NULL, size INTEGER NOT NULL,
			ratio REAL, amount NUMERIC, exact NUMERIC, is_on INTEGER NOT NULL DEFAULT 0, at INTEGER, json TEXT, UNIQUE (size, digits))`,
	)
})

describe.each(['number', 'bigint', 'string'] as const)(
	'over a client that gives integers as a %s',
	(intMode) => {
		const db = drizzle(createClient({ url: env.TURSO_DATABASE_URL, intMode }), { casing: 'snake_case' })
		const row = (digits: string, size = 2n ** 53n + 1n) => ({
			code: fresh('code'),
			digits: fresh(digits),
			size,
			ratio: 2 ** 60,
			amount: 2 ** 60,
			exact: -(2n ** 63n),
			isOn: true,
			at: new Date(1),
			json: 5,
		})

		it('a row is made, found, updated, and in the way as it is over any other', async () => {
			const asked = row('')
			const made = await getOrCreate(db, counted, asked)
			expect(made).toEqual({ row: { ...asked, id: expect.any(Number) }, created: true })
			expect(await getOrCreate(db, counted, asked)).toEqual({ row: made.row, created: false })
			const { code } = asked
			const same = await updateOrCreate(db, counted, asked, { by: ['code'] })
			expect(same).toEqual({ row: made.row, created: false, updated: false })
			const changed = await updateOrCreate(db, counted, { code, size: 5n }, { by: ['code'] })
			expect(changed).toEqual({ row: { ...made.row, size: 5n }, created: false, updated: true })
			const other = { ...asked, code: fresh('code'), size: 5n }
			const refused = await getOrCreate(db, counted, other).catch((error: unknown) => error)
			expect(refused).toBeInstanceOf(ConflictError)
			expect(refused).toMatchObject({ conflicts: [{ key: ['size', 'digits'], differs: ['code'] }] })
		})

		it('text of digits stays text', async () => {
			for (const digits of [
				'0',
				'7',
				'-7',
				'007',
				'9007199254740991',
				'9007199254740993',
				'9223372036854775807',
			]) {
				const asked = { ...row(''), digits, code: fresh(digits) }
				asked.size = BigInt(Math.floor(Math.random() * 2 ** 50))
				const { row: made } = await getOrCreate(db, counted, asked)
				expect(made.digits).toBe(digits)
			}
		})

		it('rows of one array are told apart', async () => {
			const rows = [row('a'), row('b'), row('c', 1n)]
			const results = await getOrCreateMany(db, counted, [...rows, ...rows])
			const created = results.map((result) => 'row' in result && result.created)
			expect(created.join()).toBe('true,true,true,false,false,false')
		})
	},
)
