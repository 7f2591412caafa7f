import {
	blob,
	integer,
	numeric,
	primaryKey,
	real,
	sqliteTable,
	text,
	unique,
	uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { subjectOf } from '../subject-of.ts'
import { id, time, whole, word } from './nth.ts'
import { nocase } from './types.ts'

/** No key that every row has. */
export const nullableKeys = subjectOf(
	'nullable_keys',
	(name) =>
		sqliteTable(
			name,
			{
				googleId: text('google_id').unique(),
				phone: integer().unique(),
				org: text(),
				badge: integer(),
				avatar: text(),
				rowid: text(),
			},
			(table) => [unique().on(table.org, table.badge)],
		),
	{
		googleId: word,
		phone: whole,
		org: word,
		badge: whole,
		avatar: (n) => (n > 10 ? null : word(n)),
		rowid: word,
	},
)

export const mixedKeys = subjectOf(
	'mixed_keys',
	(name) =>
		sqliteTable(
			name,
			{
				tenant: text().notNull(),
				number: integer().notNull(),
				at: integer({ mode: 'timestamp_ms' }).notNull(),
				open: integer({ mode: 'boolean' }).notNull(),
				bytes: blob({ mode: 'buffer' }).notNull(),
				ratio: real().notNull(),
				amount: numeric(),
				folded: nocase(),
				note: text(),
			},
			(table) => [
				primaryKey({ columns: [table.tenant, table.number] }),
				unique().on(table.at, table.open, table.tenant),
				uniqueIndex(`${name}_bytes`).on(table.bytes, table.ratio),
				uniqueIndex(`${name}_amount`).on(table.folded, table.amount),
			],
		),
	{
		tenant: (n) => `t,${n}`,
		number: whole,
		at: time,
		open: (n) => n > 10,
		bytes: (n) => Buffer.from([n]),
		ratio: (n) => n + 0.1,
		amount: (n) => `${n}.5`,
		folded: (n) => `Word${n}`,
		note: word,
	},
)

export const filledKeys = subjectOf(
	'filled_keys',
	(name) =>
		sqliteTable(
			name,
			{
				id: integer().primaryKey(),
				region: text().notNull().default('eu'),
				code: integer().notNull().default(1),
				note: text(),
			},
			(table) => [unique().on(table.region, table.code)],
		),
	{ id, region: word, code: whole, note: word },
)
