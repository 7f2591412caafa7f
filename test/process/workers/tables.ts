import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { resource } from '../../../src/service/resource'

// Tables whose rules only the database knows: refusals.ts has what it is told of them.

const columns = () => ({ id: integer().primaryKey(), name: text().notNull().unique(), value: text() })

const parents = sqliteTable('parents', { name: text().primaryKey() })

const toParent = () => ({ ...columns(), value: text().references(() => parents.name) })

const readings = sqliteTable('readings', {
	id: integer().primaryKey(),
	name: text().notNull().unique(),
	ratio: real(),
	note: text(),
	body: text({ mode: 'json' }).$type<unknown>(),
})

export const resources = [
	resource(sqliteTable('checked', columns())),
	resource(sqliteTable('filled', columns())),
	resource(sqliteTable('noted', columns())),
	resource(sqliteTable('children', toParent())),
	resource(sqliteTable('deferred', toParent())),
	resource(sqliteTable('unsaid', columns())),
	resource(sqliteTable('aborting', columns())),
	resource(sqliteTable('failing', columns())),
	resource(sqliteTable('undoing', columns())),
	resource(sqliteTable('documents', columns())),
	resource(sqliteTable('unmigrated', columns())),
	resource(readings),
]
