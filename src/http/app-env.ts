import type { RequestIdVariables } from 'hono/request-id'

/** The environment of every route, stated once. */
export interface AppEnv {
	Bindings: Env
	Variables: RequestIdVariables
}
