import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export { idempotencyKeys } from 'edge-get-or-create/schema'

export const users = sqliteTable('users', {
	id: integer().primaryKey(),
	name: text({ length: 50 }).notNull().unique(),
	email: text({ length: 50 }).notNull().unique(),
})

export const links = sqliteTable('links', {
	id: integer().primaryKey(),
	slug: text({ length: 20 }).notNull().unique(),
	url: text().notNull(),
})
