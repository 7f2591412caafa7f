import { createClient } from '@libsql/client/http'
import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql/http'
import { type Context, Hono } from 'hono'
import { users } from '../../src/schema'

// What the service is measured against, each as simple as it gets. Made for measuring: they check nothing.

interface AppEnv {
	Bindings: Env
}

/** A client for each request: one for all of them hangs a Worker. */
function database(c: Context<AppEnv>) {
	return drizzle(createClient({ url: c.env.TURSO_DATABASE_URL }))
}

const app = new Hono<AppEnv>()

app.get('/hello', (c) => c.text('Hello, world!'))

app.post('/json', async (c) => c.json(await c.req.json<Row>()))

interface Row {
	name: string
	email: string
}

const INSERT =
	'INSERT INTO users (name, email) VALUES (?1, ?2) ON CONFLICT DO NOTHING RETURNING id, name, email'

/** One statement, and the database's answer as it is: what a round trip costs in a Worker. */
app.post('/fetch', async (c) => {
	const { name, email } = await c.req.json<Row>()
	const args = [name, email].map((value) => ({ type: 'text', value }))
	const answer = await fetch(`${c.env.TURSO_DATABASE_URL}/v2/pipeline`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			requests: [{ type: 'execute', stmt: { sql: INSERT, args } }, { type: 'close' }],
		}),
	})
	return c.body(await answer.text(), answer.ok ? 200 : 502)
})

/** What is written most, and races: two at once may both find nothing. */
app.post('/select-then-insert', async (c) => {
	const wanted = await c.req.json<Row>()
	const db = database(c)
	const [found] = await db.select().from(users).where(eq(users.email, wanted.email))
	if (found) return c.json({ row: found, created: false })
	const [row] = await db.insert(users).values(wanted).returning()
	return c.json({ row, created: true }, 201)
})

/** Doesn't race, writes on every hit and can't say who created the row. */
async function upsert(c: Context<AppEnv>, wanted: Row[]) {
	return await database(c)
		.insert(users)
		.values(wanted)
		.onConflictDoUpdate({ target: users.email, set: { email: sql`excluded.email` } })
		.returning()
}

app.post('/upsert', async (c) => {
	const [row] = await upsert(c, [await c.req.json<Row>()])
	return c.json({ row })
})

app.post('/upsert-rows', async (c) => {
	const rows = await upsert(c, await c.req.json<Row[]>())
	return c.json(rows.map((row) => ({ row })))
})

export default app
