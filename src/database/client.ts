import type { Client } from '@libsql/client/http'
import { ChainError, chained } from './chained'
import { classify, DatabaseError, failureOfStatus, saidIn } from './failure'
import { pipelineOf } from './pipeline'
import { type Batch, within } from './send'

/** A database over HTTP, ready to be asked. */
export interface DatabaseSettings {
	/** Where the database is, without the protocol's path. */
	url: string
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
		url: `${scheme}//${host}${pathname.replace(/\/$/, '')}`,
		headers: {
			'Content-Type': 'application/json',
			...(token ? { Authorization: `Bearer ${token}` } : {}),
		},
	}
}

/** Until when a database is taken for one that doesn't know the third version of Hrana, as it has shown. */
const oldUntil = new WeakMap<DatabaseSettings, number>()
const OLD_MS = 60_000

/**
 * Batches over HTTP, each one request. Not by libSQL's client: in a Worker that has to be made anew for every batch,
 * it builds an object with a property for every cell, and its statements hang on each other.
 */
export function httpBatch(settings: DatabaseSettings): Batch {
	const old = chained(async (statements, mode, deadline) => {
		const [result] = await post(settings, 'v2', [{ statements }], mode, deadline)
		if (result?.kind === 'done') return result.rows
		if (result?.kind === 'failed') throw new ChainError(result.at, result.error)
		throw new SyntaxError('a unit without a result')
	})
	return async (units, mode, deadline) => {
		if (Date.now() < (oldUntil.get(settings) ?? 0)) return await old(units, mode, deadline)
		try {
			return await post(settings, 'v3', units, mode, deadline)
		} catch (error) {
			if (!(error instanceof NotHereError)) throw error
			const results = await old(units, mode, deadline)
			oldUntil.set(settings, Date.now() + OLD_MS)
			return results
		}
	}
}

/** Nothing at this path: the server doesn't know the protocol, or not the database. */
class NotHereError extends DatabaseError {}

async function post(
	{ url, headers }: DatabaseSettings,
	version: 'v2' | 'v3',
	...[units, mode, deadline]: Parameters<Batch>
): ReturnType<Batch> {
	const { body, read } = pipelineOf(units, mode)
	const signal = AbortSignal.timeout(Math.max(1, deadline - Date.now()))
	const response = await fetch(`${url}/${version}/pipeline`, {
		method: 'POST',
		headers,
		body,
		signal,
		// Nothing secret goes where somebody else says.
		redirect: 'manual',
	})
	if (response.ok) return read(await response.json())
	const reason = `HTTP ${response.status}`
	if (response.status === 404 && version === 'v3') {
		await response.body?.cancel()
		throw new NotHereError('absent', reason)
	}
	throw new DatabaseError(failureOfStatus(response.status, await response.text()), reason)
}

/** Batches over any libSQL client, whatever it makes of integers: rows come as text. */
export function clientBatch(client: Pick<Client, 'batch'>): Batch {
	return chained(async (statements, mode, deadline) => {
		try {
			const asked = client.batch(
				statements.map(({ sql, args }) => ({ sql, args: [...args] })),
				mode === 'read' ? 'read' : 'write',
			)
			const results = await within(asked, deadline)
			return results.map(({ rows }) => rows.map((row) => Array.from(row)))
		} catch (error) {
			throw chainErrorOf(error, statements.length) ?? error
		}
	})
}

/** libSQL's client tells which statement failed; of what the data made COMMIT refuse, and of a replica's, only the code. */
function chainErrorOf(error: unknown, commit: number): ChainError | undefined {
	const said = saidIn(error)
	if (!(said && error instanceof Error)) return undefined
	const at =
		'statementIndex' in error && typeof error.statementIndex === 'number' ? error.statementIndex : commit
	const { failure } = classify(error)
	const isAnswer = at < commit ? failure !== 'rejected' && failure !== 'unknown' : failure === 'constraint'
	if (!isAnswer) return undefined
	return new ChainError(at, said)
}
