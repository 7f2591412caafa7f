// The functions in plain Node, on a database in a file: `node main.ts rows.db`.
import { createClient } from '@libsql/client'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { ConflictError, getOrCreate, getOrCreateMany, updateOrCreate } from 'edge-get-or-create'

const users = sqliteTable('users', {
	id: integer().primaryKey(),
	name: text({ length: 50 }).notNull().unique(),
	email: text({ length: 50 }).notNull().unique(),
})

const db = drizzle(createClient({ url: `file:${process.argv[2] ?? 'rows.db'}` }))
await db.run(
	sql`CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL)`,
)
await db.run(sql`CREATE UNIQUE INDEX IF NOT EXISTS users_name ON users (name)`)
await db.run(sql`CREATE UNIQUE INDEX IF NOT EXISTS users_email ON users (email)`)

// Made by the first run, found by every other.
const alice = { name: 'Alice', email: 'alice@example.com' }
console.log(await getOrCreate(db, users, alice))

// Asked for by one key: the other columns are for creation only.
console.log(await getOrCreate(db, users, { ...alice, name: 'Alicia' }, { by: ['email'] }))

// Updated where something differs, and told whether it was.
console.log(await updateOrCreate(db, users, { name: 'Bob', email: 'bob@example.com' }, { by: ['name'] }))

// Many at once, answered in order; one that is refused stops no other.
for (const result of await getOrCreateMany(db, users, [alice, { ...alice, email: 'other@example.com' }])) {
	if (!('error' in result)) console.log(result)
	else if (result.error instanceof ConflictError) console.log(result.error.conflicts)
	else throw result.error
}
