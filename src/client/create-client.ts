import type { Resources, TableName } from '../service/served'
import type { Fetch } from './attempt'
import type { TableClient } from './calls'
import { tableClient } from './table-client'

export interface ClientOptions {
	/** Where the service is, with its prefix where it is mounted under one: `https://example.com/rows`. */
	url: string | URL
	/** One of its API_TOKENS, or what gives one: that is asked before each attempt. */
	token: string | (() => string | Promise<string>)
	/** In the stead of the global `fetch`: `(request) => env.ROWS.fetch(request)` for a service binding. */
	fetch?: Fetch | undefined
	/** How long a call may take, retries included, in milliseconds: 30,000, unless told. */
	timeout?: number | undefined
}

/** A client for each table, under its SQL name. (A property `then` would make a promise of it: that table has none.) */
export type Client<R extends Resources> = {
	readonly [N in Exclude<TableName<R>, 'then'>]: TableClient<R, N>
}

const TIMEOUT_MS = 30_000

/**
 * The service over HTTP, typed by its tables: `fetch` and nothing else.
 *
 * A call goes under an Idempotency-Key of its own, and is repeated while the service is busy or its answers are lost,
 * until its time is up: `created` and `updated` are true of the call, however often it was sent. Calls throw
 * ProblemError for a refusal, ConnectionError where there was no answer, and the reason of their `signal`.
 * @example
 * const api = createClient<typeof resources>({ url: 'http://localhost:8787', token: 'dev-token' })
 * const { row, created } = await api.users.getOrCreate({ email, name }, { by: ['email'] })
 */
export function createClient<R extends Resources>({
	url,
	token,
	fetch: send = (request) => fetch(request),
	timeout = TIMEOUT_MS,
}: ClientOptions): Client<R> {
	const root = String(url).replace(/\/+$/, '')
	const service = { send, token: typeof token === 'function' ? token : () => token, timeout }
	const known: Record<string, object> = Object.create(null)
	const tables = new Proxy(known, {
		get: (_, name) =>
			typeof name === 'symbol' || name === 'then'
				? undefined
				: (known[name] ??= tableClient(service, `${root}/${encodeURIComponent(name)}`)),
	})
	// Which tables there are is known to the types alone: the service says so of others.
	// oxlint-disable-next-line typescript/no-unsafe-type-assertion
	return tables as Client<R>
}
