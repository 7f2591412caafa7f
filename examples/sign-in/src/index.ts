// Sign-in with an account elsewhere (OAuth, OpenID Connect). Who comes back from the provider on two devices at once is
// one user, and new once.
import { drizzle } from 'drizzle-orm/libsql/http'
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { updateOrCreate } from 'edge-get-or-create'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

const users = sqliteTable(
	'users',
	{
		id: integer().primaryKey(),
		provider: text().notNull(),
		/** What the provider calls the account for good. An email address may go to somebody else. */
		subject: text().notNull(),
		email: text().notNull(),
		name: text().notNull(),
	},
	(table) => [uniqueIndex('users_account').on(table.provider, table.subject)],
)

const app = new Hono<{ Bindings: Env }>()

app.get('/sign-in', (c) => {
	const state = crypto.randomUUID()
	setCookie(c, 'state', state, { httpOnly: true, secure: true, sameSite: 'Lax' })
	const query = new URLSearchParams({
		response_type: 'code',
		client_id: c.env.CLIENT_ID,
		redirect_uri: new URL('/callback', c.req.url).href,
		scope: 'openid email profile',
		state,
	})
	return c.redirect(`${c.env.PROVIDER_URL}/authorize?${query}`)
})

app.get('/callback', async (c) => {
	const { code, state } = c.req.query()
	if (!code || !state || state !== getCookie(c, 'state')) return c.text('Begin again at /sign-in.', 400)
	const { sub, email, name } = await profileOf(code, new URL('/callback', c.req.url), c.env)

	const db = drizzle({ connection: { url: c.env.TURSO_DATABASE_URL, authToken: c.env.TURSO_AUTH_TOKEN } })
	const account = { provider: 'example', subject: sub, email, name }
	const { row, created } = await updateOrCreate(db, users, account, { by: ['provider', 'subject'] })

	// A session of yours begins here. Of any number of devices one is told `created`: it sends the welcome mail.
	return c.json({ user: row, isNew: created })
})

interface Profile {
	sub: string
	email: string
	name: string
}

async function profileOf(code: string, redirect: URL, env: Env): Promise<Profile> {
	const token = await fetch(`${env.PROVIDER_URL}/token`, {
		method: 'POST',
		body: new URLSearchParams({
			grant_type: 'authorization_code',
			code,
			redirect_uri: redirect.href,
			client_id: env.CLIENT_ID,
			client_secret: env.CLIENT_SECRET,
		}),
	})
	const { access_token } = await token.json<{ access_token: string }>()
	const profile = await fetch(`${env.PROVIDER_URL}/userinfo`, {
		headers: { authorization: `Bearer ${access_token}` },
	})
	return await profile.json<Profile>()
}

export default app
