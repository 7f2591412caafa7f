import { sql } from 'drizzle-orm'
import { blob, integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { subjectOf } from '../subject-of.ts'
import { id, time, whole, word } from './nth.ts'
import { cents, jsonList } from './types.ts'

export const defaults = subjectOf(
	'defaults',
	(name) =>
		sqliteTable(name, {
			id: integer().primaryKey(),
			name: text().notNull().unique(),
			word: text().notNull().default('x'),
			empty: text().default(''),
			five: integer().notNull().default(5),
			zero: integer().default(0),
			dynamic: integer().$default(() => 6),
			called: integer()
				.notNull()
				.$defaultFn(() => 7),
			both: text()
				.default('constant')
				.$defaultFn(() => 'function'),
			half: real().notNull().default(0.5),
			whole: real().default(3),
			flag: integer({ mode: 'boolean' }).notNull().default(true),
			off: integer({ mode: 'boolean' }).default(false),
			seconds: integer({ mode: 'timestamp' }).notNull().default(new Date(1500)),
			milliseconds: integer({ mode: 'timestamp_ms' }).default(new Date(1500)),
			since: integer({ mode: 'timestamp' }).notNull().default(sql`(1000 + 1000)`),
			computed: text().notNull().default(sql`(lower('X'))`),
			number: integer().default(sql`(1 + 1)`),
			list: text({ mode: 'json' }).$type<unknown>().notNull().default([]),
			packed: blob({ mode: 'json' })
				.$type<unknown>()
				.default({ a: [1] }),
			bytes: blob({ mode: 'buffer' }).default(Buffer.from([0, 255])),
			price: numeric().notNull().default('12.50'),
			size: numeric({ mode: 'number' }).default(1.5),
			quoted: text().notNull().default(`it's "é"`),
			raw: text({ mode: 'json' }).$type<unknown>().notNull().default(sql`'[1, 2]'`),
			yes: integer({ mode: 'boolean' }).default(sql`1`),
			dated: integer({ mode: 'timestamp' }).$default(() => new Date(2500)),
			asked: integer().$defaultFn(() => sql`(1 + 2)`),
			cents: cents().default(1.25),
			tags: jsonList().notNull().default(['a']),
			stamp: text().default(sql`CURRENT_TIMESTAMP`),
			epoch: integer({ mode: 'timestamp' }).notNull().default(sql`(unixepoch())`),
		}),
	{
		id,
		name: word,
		word,
		empty: word,
		five: whole,
		zero: whole,
		dynamic: whole,
		called: whole,
		both: word,
		half: (n) => n / 8,
		whole,
		flag: (n) => n > 10,
		off: (n) => n > 10,
		seconds: time,
		milliseconds: time,
		since: time,
		computed: word,
		number: whole,
		list: (n) => [n],
		packed: (n) => [n],
		bytes: (n) => Buffer.from([n]),
		price: (n) => `${n}.75`,
		size: whole,
		quoted: word,
		raw: (n) => [n],
		yes: (n) => n > 10,
		dated: time,
		asked: whole,
		cents: (n) => n + 0.25,
		tags: (n) => [word(n)],
		stamp: word,
		epoch: time,
	},
	{ random: ['stamp', 'epoch'] },
)
