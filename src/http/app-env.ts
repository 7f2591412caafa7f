import type { RequestIdVariables } from 'hono/request-id'
import type { TimingVariables } from 'hono/timing'

/** The environment of every route, stated once. */
export interface AppEnv {
	Bindings: Env
	Variables: RequestIdVariables &
		TimingVariables & {
			/** How long the request waited for the database. */
			databaseMs?: number
		}
}
