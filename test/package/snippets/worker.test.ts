import { env, exports } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/libsql/http'
import { expect, it } from 'vitest'
import { functions } from './functions.ts'

it('serves the tables over HTTP and RPC', async () => {
	const row = { name: 'Runner', email: 'runner@example.com' }
	const headers = { authorization: 'Bearer first-token' }
	const init = { method: 'POST', headers, body: JSON.stringify(row) }
	const answer = await exports.default.fetch(new Request('http://rows.test/users', { ...init, headers: { ...headers, 'content-type': 'application/json' } }))
	expect(answer.status).toBe(201)
	expect(await exports.Rows.getOrCreate('users', row)).toMatchObject({ row, created: false })
})

it('runs the functions', async () => {
	const db = drizzle({ connection: { url: env.TURSO_DATABASE_URL } })
	expect(await functions(db, 'In a Worker', 'in-a-worker@example.com')).toMatchObject([
		{ row: { name: 'Alice' } },
		{ created: true },
		{ created: false, updated: false },
		{ created: false },
		'ConflictError',
	])
})
