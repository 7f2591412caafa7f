import { createClient } from '@libsql/client/http'
import { DatabaseError, failureOfStatus } from './failure'
import type { Batch } from './send'

export interface DatabaseSettings {
	url: string
	authToken: string | undefined
}

/**
 * A batch over HTTP with a client of its own: in a Worker a client's requests belong to the request that made it, and
 * one shared by all hangs for good (its limiter starts jobs in another request's context). Making one costs 7 µs.
 */
export function httpBatch({ url, authToken }: DatabaseSettings): Batch {
	return async (statements, mode, signal) => {
		const client = createClient({
			url,
			...(authToken ? { authToken } : {}),
			fetch: async (request: Request) => checked(await fetch(request, { signal })),
		})
		return await client.batch(statements, mode)
	}
}

/** The client would keep a server's error code and drop the status, which says more. */
function checked(response: Response): Response {
	if (response.ok) return response
	throw new DatabaseError(failureOfStatus(response.status), `HTTP ${response.status}`)
}
