import type { DurableObject } from 'cloudflare:workers'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import type { Casing } from '../get-or-create/table'
import { createApp } from './app'
import { backendOf } from './backend'
import { GroupCommitObject } from './commits/group-commit-object'
import type { CommitObject } from './commits/object-batch'
import type { AppEnv } from './http/app-env'
import { deleteOldKeys } from './old-keys'
import { proveTables } from './prove-tables'
import { type Resource, tablesNeeded, withCasing } from './resource'
import { type Entrypoint, entrypointOf } from './rpc'
import { CHOSEN, type DatabaseAddress, databaseAt, type SettingNames } from './settings'

export interface ServiceOptions<R extends Resource> {
	/** The tables that are served: `[resource(users), resource(links)]`. */
	resources: readonly R[]
	/** That of `drizzle.config.ts`, where it has one: columns without a name of their own are called accordingly. */
	casing?: Casing
	/**
	 * Chooses the database of each HTTP request, a tenant's own, in the stead of that of the bindings. Callers of one
	 * database share transactions, and one that is slow holds up no other. RPC and the Cron Trigger, which have no such
	 * request, use the one that the bindings name.
	 */
	database?: (c: Context) => DatabaseAddress | Promise<DatabaseAddress>
	/** For the Cron Trigger: all databases to look after, where that of the bindings is not the one. */
	databases?: (env: object) => Iterable<DatabaseAddress> | Promise<Iterable<DatabaseAddress>>
	/**
	 * Settles who may call, in the stead of the bearer tokens in API_TOKENS: it lets a request go on with `next()`, or
	 * refuses it with an answer of its own. It guards the tables; the pages and `/healthz` are public.
	 */
	access?: MiddlewareHandler
	/** Bindings that have other names than the service knows: `{ TURSO_DATABASE_URL: 'ROWS_DATABASE_URL' }`. */
	settings?: SettingNames
}

export interface Service<R extends Resource> {
	/** To be mounted: `app.route('/rows', service.app)`. Every path in its answers has the prefix. */
	app: Hono<AppEnv>
	/** To be served as a Worker. */
	fetch: (request: Request, env: object, ctx: ExecutionContext) => Response | Promise<Response>
	/** For a Cron Trigger, every ten minutes or so: deletes old Idempotency-Keys, and tells the log of tables that lack a key. */
	scheduled: (controller: unknown, env: object) => Promise<void>
	/** For other Workers, by RPC: `export class Rows extends service.Entrypoint {}`. */
	Entrypoint: Entrypoint<readonly R[]>
	/** The Durable Object behind the binding GROUP_COMMIT: `export class GroupCommit extends service.GroupCommit {}`. */
	GroupCommit: new (
		ctx: DurableObjectState,
		env: object,
	) => DurableObject<object> & CommitObject
}

/**
 * The service over these tables.
 * @throws Error where two of them share a path, or one can have none.
 * @example
 * const service = createService({ resources: [resource(users), resource(links)] })
 * export default { fetch: service.fetch, scheduled: service.scheduled }
 */
export function createService<R extends Resource>(options: ServiceOptions<R>): Service<R> {
	const { casing, access, databases } = options
	const resources = casing ? withCasing(casing, options.resources) : options.resources
	const backend = backendOf({
		...(options.database ? { database: options.database } : {}),
		...(options.settings ? { settings: options.settings } : {}),
		hasOwnAccess: access !== undefined,
	})
	const app = createApp(resources, backend, access)
	const tables = tablesNeeded(resources)
	return {
		app,
		fetch: app.fetch,
		async scheduled(_controller, env) {
			const { timeout } = backend.settings(env)
			const all = databases
				? Array.from(await databases(env), (address) => databaseAt(address, CHOSEN))
				: [backend.ownDatabase(env).database]
			for (const database of all) {
				await proveTables(tables, database, timeout)
				await deleteOldKeys(database, timeout)
			}
		},
		Entrypoint: entrypointOf(resources, backend),
		GroupCommit: GroupCommitObject,
	}
}
