// Webhooks that count once, however often and to however many places they are delivered.
import { drizzle } from 'drizzle-orm/libsql/http'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { getOrCreate } from 'edge-get-or-create'
import { Hono } from 'hono'

/** A payment is what its event makes: there is no moment in which one is noted and the other is not. */
const payments = sqliteTable('payments', {
	eventId: text('event_id').primaryKey(),
	customer: text().notNull(),
	cents: integer().notNull(),
})

interface Paid {
	id: string
	customer: string
	cents: number
}

const app = new Hono<{ Bindings: Env }>()

app.post('/webhooks/payments', async (c) => {
	const body = await c.req.text()
	if (!(await isSigned(body, c.req.header('x-signature') ?? '', c.env.WEBHOOK_SECRET))) {
		return c.text('The signature is not that of the body.', 401)
	}
	const { id, customer, cents }: Paid = JSON.parse(body)

	const db = drizzle({ connection: { url: c.env.TURSO_DATABASE_URL, authToken: c.env.TURSO_AUTH_TOKEN } })
	const { created } = await getOrCreate(db, payments, { eventId: id, customer, cents }, { by: ['eventId'] })

	// One delivery alone is told `created`: what follows from a payment, such as a mail, is its to do.
	return c.json({ counted: created })
})

/** The signature: HMAC-SHA256 of the body, in hexadecimal digits. */
async function isSigned(body: string, signature: string, secret: string): Promise<boolean> {
	const text = new TextEncoder()
	const hmac = { name: 'HMAC', hash: 'SHA-256' }
	const key = await crypto.subtle.importKey('raw', text.encode(secret), hmac, false, ['verify'])
	const bytes = Uint8Array.from(signature.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
	return await crypto.subtle.verify('HMAC', key, bytes, text.encode(body))
}

export default app
