import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { integer, type SQLiteTable, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { subjectOf } from '../subject-of.ts'
import { id, time, whole, word } from './nth.ts'

export const touched = subjectOf(
	'touched',
	(name) => {
		const table: SQLiteTable = sqliteTable(name, {
			id: integer().primaryKey(),
			name: text().notNull().unique(),
			note: text(),
			counter: integer()
				.notNull()
				.default(0)
				.$onUpdate((): SQL => sql`${getTableColumns(table)['counter']} + 1`),
			revision: integer()
				.default(sql`1`)
				.$onUpdateFn(() => sql`revision + 1`),
			times: integer({ mode: 'timestamp_ms' }).$onUpdate(() => new Date(5000)),
			seconds: integer({ mode: 'timestamp' })
				.notNull()
				.default(new Date(1000))
				.$onUpdateFn(() => new Date(6000)),
			state: text()
				.notNull()
				.$defaultFn(() => 'new')
				.$onUpdate(() => 'changed'),
			value: integer()
				.default(0)
				.$onUpdate(() => sql`value + 1`),
			key: text()
				.default('')
				.$onUpdate((): SQL => sql`upper(${getTableColumns(table)['name']})`),
			last: text()
				.default('')
				.$onUpdate((): SQL => sql`(SELECT ${getTableColumns(table)['note']} || '!')`),
		})
		return table
	},
	{
		id,
		name: word,
		note: word,
		counter: whole,
		revision: whole,
		times: time,
		seconds: time,
		state: word,
		value: whole,
		key: word,
		last: word,
	},
)
