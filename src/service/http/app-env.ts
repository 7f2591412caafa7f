import type { Handler } from 'hono'
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
		/** A row was done by an earlier request, under the same Idempotency-Key. */
		replayed?: true
		/** Where in a table the request leads; unset on every other path. */
		place?: Place
		/** Settles when the stream that answers the request has ended; unset where none does. */
		streamed?: Promise<void>
	}
}

/** What a path of a table can do. */
export interface Place {
	/** As a pattern, for the log. */
	path: string
	/** By method. */
	handlers: ReadonlyMap<string, Handler<AppEnv>>
	/** All methods that it has. */
	allow: string
}
