import { sql } from 'drizzle-orm'
import { blob, integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { subjectOf } from '../subject-of.ts'
import { id, whole, word } from './nth.ts'
import { jsonList } from './types.ts'

export const generated = subjectOf(
	'generated',
	(name) =>
		sqliteTable(name, {
			id: integer().primaryKey(),
			name: text().notNull().unique(),
			size: integer(),
			tags: jsonList(),
			first: text().generatedAlwaysAs(sql`tags ->> 0`),
			list: jsonList().generatedAlwaysAs(sql`tags`, { mode: 'stored' }),
			bytes: blob({ mode: 'buffer' }).generatedAlwaysAs(sql`CAST(name AS BLOB)`),
			eighth: numeric().generatedAlwaysAs(sql`size / 8.0`),
			at: integer({ mode: 'timestamp' }).generatedAlwaysAs(sql`size * 1000`),
			upper: text().notNull().generatedAlwaysAs(sql`upper(name)`, { mode: 'stored' }),
			twice: integer().generatedAlwaysAs(sql`size * 2`, { mode: 'virtual' }),
			half: real().generatedAlwaysAs(sql`size / 2.0`),
			flag: integer({ mode: 'boolean' }).generatedAlwaysAs(sql`size > 20`),
		}),
	{ id, name: word, size: whole, tags: (n) => [word(n)] },
)

/** A key that the database computes, and no caller can give. */
export const computedKeys = (['stored', 'virtual'] as const).map((mode) =>
	subjectOf(
		`computed_key_${mode}`,
		(name) =>
			sqliteTable(name, {
				id: integer().primaryKey(),
				name: text().notNull(),
				folded: text().generatedAlwaysAs(sql`lower(name)`, { mode }).unique(),
				note: text(),
			}),
		{ id, name: word, note: word },
		{ computedFrom: { folded: 'name' } },
	),
)
