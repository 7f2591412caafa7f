// An app that was there before, with routes and sign-in of its own: the service is a part of it.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { createService, resource } from 'edge-get-or-create/service'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'

const links = sqliteTable('links', {
	id: integer().primaryKey(),
	slug: text({ length: 20 }).notNull().unique(),
	url: text().notNull(),
})

/** Who is signed in. Here a header says so; in yours a session does. */
const signedIn = createMiddleware(async (c, next) => {
	if (!c.req.header('x-user')) return c.json({ error: 'Sign in first.' }, 401)
	return await next()
})

const rows = createService({ resources: [resource(links)], access: signedIn })

const app = new Hono()
app.get('/', (c) => c.text('The home page, as it was.'))
app.route('/rows', rows.app)

export default { fetch: app.fetch, scheduled: rows.scheduled }
