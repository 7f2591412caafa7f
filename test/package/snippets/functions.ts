import type { drizzle } from 'drizzle-orm/libsql'
import { getOrCreate, getOrCreateMany, updateOrCreate } from 'edge-get-or-create'
import { users } from './tables.ts'

// The contract's "In TypeScript", word for word, a block for each name that it gives again.

type User = typeof users.$inferSelect
type Database = ReturnType<typeof drizzle>

export async function functions(db: Database, name: string, email: string) {
	const told: unknown[] = []
	{
		const { row, created } = await getOrCreate(db, users, { name: 'Alice', email: 'alice@example.com' })
		const typed: { row: User; created: boolean } = { row, created }
		told.push(typed)
	}
	{
		const { row, created } = await getOrCreate(db, users, { email, name }, { by: ['email'] })
		told.push({ row, created })
	}
	{
		const { row, created, updated } = await updateOrCreate(
			db,
			users,
			{ email, name },
			{ by: ['email'], update: ['name'] },
		)
		const typed: { row: User; created: boolean; updated: boolean } = { row, created, updated }
		told.push(typed)
	}
	const rows = [
		{ name, email },
		{ name, email: `another-${email}` },
	]
	const results = await getOrCreateMany(db, users, rows, { by: ['email'] }) // same order; { row, created } or { error }
	for (const result of results) told.push('error' in result ? result.error.name : result)
	return told
}

export async function refusedByTypes(db: Database) {
	// @ts-expect-error: no such column
	await getOrCreate(db, users, { name: 'a', email: 'b', age: 3 })
	// @ts-expect-error: a column that is needed
	await getOrCreate(db, users, { name: 'a' })
	// @ts-expect-error: no such column to ask by
	await getOrCreate(db, users, { name: 'a', email: 'b' }, { by: ['age'] })
}
