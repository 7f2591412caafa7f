import type { RequestIdVariables } from 'hono/request-id'
import type { Notes } from '../log'

/** The environment of every route, stated once. */
export interface AppEnv {
	Bindings: Env
	Variables: RequestIdVariables & {
		/** For the log. */
		notes: Notes
		/** The bearer token that let the request in, behind tokenAuth. Never to be shown. */
		token: string
		/** Settles when the stream that answers the request has ended; unset where none does. */
		streamed?: Promise<void>
	}
}
