import type { Context, Handler } from 'hono'
import type { RequestIdVariables } from 'hono/request-id'
import type { Backend } from '../backend'
import type { CommitSettings } from '../commits/shared-commits'
import type { LogFields } from '../log'

/** The environment of every route, stated once. All of ours is one variable, for the app around it has its own. */
export interface AppEnv {
	Bindings: object
	Variables: RequestIdVariables & { getOrCreate: RequestState }
}

/** What is known of a request on its way. */
export interface RequestState {
	backend: Backend
	/** The path under which the service is mounted, as it was asked for; empty where it is a Worker of its own. */
	prefix: string
	/** For the log. */
	logFields: LogFields
	/** The request's database, once it is known. */
	commits?: CommitSettings
	/** The bearer token that let the request in, behind tokenAuth. Never to be shown. */
	token?: string
	/** A row was done by an earlier request, under the same Idempotency-Key. */
	replayed?: true
	/** Where in a table the request leads; unset on every other path. */
	place?: Place
	/** The answer has the headers that every answer has. */
	isWhole?: true
	/** Settles when the stream that answers the request has ended; unset where none does. */
	streamed?: Promise<void>
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

export function stateOf(c: Context<AppEnv>): RequestState {
	return c.get('getOrCreate')
}
