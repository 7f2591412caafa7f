import { sql } from 'drizzle-orm'
import { integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { subjectOf } from '../subject-of.ts'
import { time, whole, word } from './nth.ts'
import { type ColumnType, columnOf } from './types.ts'

/** The kinds of columns of a wide table, each with its nth value. */
const WIDE: Pick<ColumnType, 'builder' | 'nth'>[] = [
	{ builder: () => text(), nth: word },
	{ builder: () => integer().default(5), nth: whole },
	{ builder: () => text().$defaultFn(() => 'function'), nth: word },
	{ builder: () => real(), nth: (n) => n + 0.1 },
	{ builder: () => text().default(sql`(lower('X'))`), nth: word },
	{ builder: () => integer({ mode: 'timestamp' }), nth: time },
	{ builder: () => text({ mode: 'json' }), nth: (n) => ({ n }) },
	{ builder: () => numeric(), nth: (n) => `${n}.25` },
	{ builder: () => text().default('x'), nth: (n) => (n % 2 === 0 ? null : word(n)) },
	{ builder: () => integer({ mode: 'boolean' }).notNull().default(true), nth: (n) => n % 2 === 0 },
]
const wideColumns = Array.from({ length: 59 }, (_, place) => {
	const kind = WIDE[place % WIDE.length]
	if (!kind) throw new Error('there is no such kind')
	return [`c${place}`, kind] as const
})

export const wide = subjectOf(
	'wide',
	(name) =>
		sqliteTable(name, {
			code: text().primaryKey(),
			...Object.fromEntries(wideColumns.map(([property, type]) => [property, columnOf(type)])),
		}),
	{
		code: word,
		...Object.fromEntries(wideColumns.map(([property, { nth }]) => [property, nth])),
	},
)
