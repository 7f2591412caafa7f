import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export { idempotencyKeys } from 'edge-get-or-create/schema'

// The tables. Add yours here, list it in resources.ts, then: npx drizzle-kit generate && npx drizzle-kit migrate

export const users = sqliteTable('users', {
	id: integer().primaryKey(),
	name: text({ length: 50 }).notNull().unique(),
	email: text({ length: 50 }).notNull().unique(),
})
