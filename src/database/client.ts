import { DatabaseError, failureOfStatus } from './failure'
import { pipelineOf, rowsOf } from './pipeline'
import type { Batch } from './send'

/** A database over HTTP, ready to be asked. */
export interface DatabaseSettings {
	/** Where pipelines go. */
	endpoint: string
	headers: Readonly<Record<string, string>>
}

/**
 * The settings for a URL as `turso db show --url` prints it. As with libSQL's own client, a path may name a namespace,
 * `authToken` may stand in the query, and `tls=0` makes `libsql:` plain HTTP.
 * @throws TypeError where it isn't a URL of these.
 */
export function databaseSettings(url: string, authToken?: string): DatabaseSettings {
	const { protocol, host, pathname, searchParams } = new URL(url)
	if (!host || !['libsql:', 'https:', 'http:'].includes(protocol)) throw new TypeError('not a database URL')
	const scheme = protocol === 'libsql:' ? (searchParams.get('tls') === '0' ? 'http:' : 'https:') : protocol
	const token = authToken ?? searchParams.get('authToken')
	return {
		endpoint: `${scheme}//${host}${pathname.replace(/\/$/, '')}/v2/pipeline`,
		headers: {
			'Content-Type': 'application/json',
			...(token ? { Authorization: `Bearer ${token}` } : {}),
		},
	}
}

/**
 * Batches over HTTP, each one request. Not by libSQL's client: in a Worker that has to be made anew for every batch,
 * and it builds an object with a property for every cell.
 */
export function httpBatch({ endpoint, headers }: DatabaseSettings): Batch {
	return async (statements, mode, deadline) => {
		const body = pipelineOf(statements, mode)
		const signal = AbortSignal.timeout(Math.max(1, deadline - Date.now()))
		const response = await fetch(endpoint, { method: 'POST', headers, body, signal })
		if (!response.ok) {
			await response.body?.cancel()
			throw new DatabaseError(failureOfStatus(response.status), `HTTP ${response.status}`)
		}
		return rowsOf(await response.json(), statements.length)
	}
}
