import { blob, integer, numeric, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'

// Tables by what their keys are made of, for what is in a URL.

export const wordKeys = sqliteTable('word_keys', { word: text().primaryKey(), label: text() })

export const wordPairs = sqliteTable(
	'word_pairs',
	{ first: text().notNull(), second: text().notNull(), label: text() },
	(table) => [primaryKey({ columns: [table.first, table.second] })],
)

export const realKeys = sqliteTable('real_keys', { ratio: real().primaryKey() })

export const numericKeys = sqliteTable('numeric_keys', { size: numeric({ mode: 'number' }).primaryKey() })

export const decimalKeys = sqliteTable('decimal_keys', { amount: numeric().primaryKey() })

export const bigKeys = sqliteTable('big_keys', { big: blob({ mode: 'bigint' }).primaryKey() })

export const bytesKeys = sqliteTable('bytes_keys', { hash: blob({ mode: 'buffer' }).primaryKey() })

export const timedFlags = sqliteTable(
	'timed_flags',
	{
		at: integer({ mode: 'timestamp_ms' }).notNull(),
		on: integer({ mode: 'boolean' }).notNull(),
		day: integer({ mode: 'timestamp' }).notNull().unique(),
	},
	(table) => [primaryKey({ columns: [table.at, table.on] })],
)

export const jsonKeys = sqliteTable('json_keys', {
	value: text({ mode: 'json' }).$type<unknown>().notNull().unique(),
})

/** A key that may be too long for a URL, with others beside it: one that may be null, and one that is hidden. */
export const longKeys = sqliteTable(
	'long_keys',
	{
		body: text().primaryKey(),
		secret: text()
			.notNull()
			.unique()
			.$defaultFn(() => crypto.randomUUID()),
		team: text().notNull(),
		seat: integer(),
		digest: text().notNull(),
		turn: integer().notNull(),
	},
	(table) => [unique().on(table.team, table.seat), unique().on(table.digest, table.turn)],
)
