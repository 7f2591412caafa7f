import { resources } from '../../../src/resources'
import { createService } from '../../../src/service'

interface Bindings {
	/** By tenant. */
	TENANTS: string
	TURSO_AUTH_TOKEN: string
}

const service = createService({
	resources,
	database: (c) => {
		const { TENANTS, TURSO_AUTH_TOKEN } = c.env as Bindings
		const urls: Record<string, string> = JSON.parse(TENANTS)
		return { url: urls[c.req.header('x-tenant') ?? ''] ?? '', authToken: TURSO_AUTH_TOKEN }
	},
})

export class GroupCommit extends service.GroupCommit {}
export default { fetch: service.fetch }
