// A database for each tenant: `/acme/rows/notes` are the notes of acme, and its token opens no other's.
import { env } from 'cloudflare:workers'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { createService, resource } from 'edge-get-or-create/service'
import { type Context, Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { timingSafeEqual } from 'hono/utils/buffer'

const notes = sqliteTable('notes', {
	id: integer().primaryKey(),
	title: text().notNull().unique(),
})

/** What the secret TENANTS holds, as JSON. With many tenants it is a table of yours, or KV. */
interface Tenant {
	url: string
	authToken?: string
	apiToken: string
}

function tenants(): Map<string, Tenant> {
	return new Map(Object.entries<Tenant>(JSON.parse(env.TENANTS)))
}

function tenantOf(c: Context): Tenant | undefined {
	return tenants().get(c.req.param('tenant') ?? '')
}

const service = createService({
	resources: [resource(notes)],
	access: bearerAuth({ verifyToken: (token, c) => timingSafeEqual(token, tenantOf(c)?.apiToken ?? '') }),
	database: (c) => {
		const tenant = tenantOf(c)
		if (!tenant) throw new Error('a tenant that nobody was let in for')
		return tenant
	},
	databases: () => tenants().values(),
})

const app = new Hono()
app.route('/:tenant/rows', service.app)

export default { fetch: app.fetch, scheduled: service.scheduled }
