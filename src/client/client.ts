import type { Conflict, Fault } from '../get-or-create/errors'
import type { GetOptions, Resources, Row, RowInput, TableName, UpdateOptions } from '../service/served'

/** A Drizzle value as it is in JSON: dates, bytes and big integers are text. */
export type Json<T> = T extends Date | Uint8Array | bigint ? string : T

/** A row as the service answers it. */
export type JsonRow<R extends Resources, N extends TableName<R>> = {
	[P in keyof Row<R, N>]: Json<Row<R, N>[P]>
}
/** A row to ask for. */
export type JsonInput<R extends Resources, N extends TableName<R>> = {
	[P in keyof RowInput<R, N>]: Json<RowInput<R, N>[P]>
}

export interface Got<R extends Resources, N extends TableName<R>> {
	row: JsonRow<R, N>
	created: boolean
}
export interface Updated<R extends Resources, N extends TableName<R>> extends Got<R, N> {
	updated: boolean
}

/** An RFC 9457 problem, as the service answers it. */
export interface ProblemBody {
	type: string
	title: string
	status: number
	detail: string
	requestId: string
	conflicts?: Conflict[]
	errors?: Fault[]
	keys?: string[][]
}

/** What stands in a row's place in the many forms. */
export interface Failed {
	problem: ProblemBody
}

/** The service refused the request: `problem` says why. */
export class ProblemError extends Error {
	override readonly name = 'ProblemError'
	constructor(readonly problem: ProblemBody) {
		super(`${problem.title}: ${problem.detail}`)
	}
}

export interface ClientOptions {
	/** Where the service is, as in `https://rows.example.com`. */
	url: string
	/** One of its API_TOKENS. */
	token: string
	/** Whose `fetch`; defaults to the global one. A service binding's does as well. */
	fetch?: (request: Request) => Promise<Response>
}

/**
 * The service over HTTP, typed by its tables: `fetch` and nothing else.
 * Each method throws ProblemError for a refusal, and what `fetch` throws where there was no answer.
 * @example
 * const rows = createClient<typeof resources>({ url: 'http://localhost:8787', token: 'dev-token' })
 * const { row, created } = await rows.getOrCreate('users', { email, name }, { by: ['email'] })
 */
export function createClient<R extends Resources>({
	url,
	token,
	fetch: send = (request) => fetch(request),
}: ClientOptions) {
	async function ask<T>(
		method: string,
		table: string,
		query: Query,
		body?: unknown,
		{ idempotencyKey }: { idempotencyKey?: string } = {},
	): Promise<T> {
		const target = new URL(`/${encodeURIComponent(table)}`, url)
		for (const [name, value] of Object.entries(query)) {
			if (value === undefined) continue
			target.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value))
		}
		const response = await send(
			new Request(target, {
				method,
				headers: {
					authorization: `Bearer ${token}`,
					'content-type': 'application/json',
					...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			}),
		)
		const answer: unknown = await response.json()
		if (isProblem(response, answer)) throw new ProblemError(answer)
		// What the service answers is what its OpenAPI document says, from the same tables as these types.
		// oxlint-disable-next-line typescript/no-unsafe-type-assertion
		return answer as T
	}

	return {
		/** The row with this unique key. */
		get: <N extends TableName<R>>(table: N, key: Partial<JsonInput<R, N>>): Promise<JsonRow<R, N>> =>
			ask('GET', table, key),
		getOrCreate: <N extends TableName<R>>(
			table: N,
			row: JsonInput<R, N>,
			options: GetOptions<R, N> = {},
		): Promise<Got<R, N>> => ask('POST', table, listed(options), row, options),
		/** At most 1,000 rows, answered in order. */
		getOrCreateMany: <N extends TableName<R>>(
			table: N,
			rows: readonly JsonInput<R, N>[],
			options: GetOptions<R, N> = {},
		): Promise<(Got<R, N> | Failed)[]> => ask('POST', table, listed(options), rows, options),
		updateOrCreate: <N extends TableName<R>>(
			table: N,
			row: Partial<JsonInput<R, N>>,
			options: UpdateOptions<R, N> = {},
		): Promise<Updated<R, N>> => ask('PUT', table, listed(options), row, options),
		/** At most 1,000 rows, applied and answered in order. */
		updateOrCreateMany: <N extends TableName<R>>(
			table: N,
			rows: readonly Partial<JsonInput<R, N>>[],
			options: UpdateOptions<R, N> = {},
		): Promise<(Updated<R, N> | Failed)[]> => ask('PUT', table, listed(options), rows, options),
	}
}

type Query = Record<string, unknown>

function listed({ by, update }: { by?: readonly string[]; update?: readonly string[] }): Query {
	return { by: by?.join(), update: update?.join() }
}

function isProblem(response: Response, _answer: unknown): _answer is ProblemBody {
	return response.headers.get('content-type') === 'application/problem+json'
}
