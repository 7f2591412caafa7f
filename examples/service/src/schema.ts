import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export { idempotencyKeys } from 'edge-get-or-create/schema'

export const users = sqliteTable('users', {
	id: integer().primaryKey(),
	name: text({ length: 50 }).notNull().unique(),
	email: text({ length: 50 }).notNull().unique(),
})
