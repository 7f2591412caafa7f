import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

// The tables. Add yours here, list it in resources.ts, run `npm run db:generate`: that is all.
// `text({ length })` is enforced by the service: SQLite itself ignores it.

export const users = sqliteTable('users', {
	id: integer().primaryKey(),
	name: text({ length: 50 }).notNull().unique(),
	email: text({ length: 50 }).notNull().unique(),
})

export const accounts = sqliteTable('accounts', {
	id: integer().primaryKey(),
	username: text({ length: 150 }).notNull().unique(),
	password: text().notNull().default('*'),
	lastLogin: integer('last_login', { mode: 'timestamp' }),
	isSuperuser: integer('is_superuser', { mode: 'boolean' }).notNull().default(false),
})
