import { ConnectionError, type ProblemBody, ProblemError } from './problem-error'

/** Sends a request: the global `fetch`, that of a service binding, or that of an app in the same process. */
export type Fetch = (request: Request) => Response | Promise<Response>

/** Where the service is, and how it is reached. */
export interface Connection {
	send: Fetch
	token: () => string | Promise<string>
}

/** A request, which may be sent more than once. */
export interface Question<T> {
	method: 'GET' | 'POST' | 'PUT'
	url: string
	body?: string
	/** Its Idempotency-Key. */
	key?: string | undefined
	/**
	 * Tells an answer from JSON of somebody else's. Of the service's own it is known what is in them, by its OpenAPI
	 * document, which follows from the same tables as these types.
	 */
	isAnswer: (json: unknown) => json is T
}

export interface Answer<T> {
	json: T
	/** What the service says: it was done before, under the same Idempotency-Key. */
	replayed: boolean
}

/**
 * Asks once.
 * @throws ProblemError for a refusal, ConnectionError where no whole answer of the service's came, and what `token` throws.
 */
export async function attempt<T>(
	{ send, token }: Connection,
	{ method, url, body, key, isAnswer }: Question<T>,
	signal: AbortSignal,
): Promise<Answer<T>> {
	const bearer = await token()
	signal.throwIfAborted()
	const request = new Request(url, {
		method,
		headers: {
			authorization: `Bearer ${bearer}`,
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
			...(key === undefined ? {} : { 'idempotency-key': key }),
		},
		...(body === undefined ? {} : { body }),
		// A POST that is redirected becomes a GET.
		redirect: 'manual',
		signal,
	})
	let response: Response
	let text: string
	try {
		response = await send(request)
		text = await response.text()
	} catch (cause) {
		throw new ConnectionError('The connection broke before the answer was there.', cause)
	}
	const { status, headers } = response
	const json = parsed(text)
	if (!response.ok && isProblem(json)) throw new ProblemError(json, secondsIn(headers))
	if (response.ok && isAnswer(json)) {
		return { json, replayed: headers.get('idempotency-replayed') === 'true' }
	}
	const message = `The answer, of status ${status}, is broken or none of the service's.`
	throw new ConnectionError(message, undefined, status, secondsIn(headers))
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return undefined
	}
}

export function isObject(json: unknown): json is object {
	return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** Others have problems too. */
function isProblem(json: unknown): json is ProblemBody {
	return isObject(json) && 'type' in json && /\/problems\/[^/]+$/.test(String(json.type))
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after: seconds, or a date. */
function secondsIn(headers: Headers): number {
	const value = headers.get('retry-after') ?? ''
	const seconds = Number(value)
	return Math.max(0, Number.isNaN(seconds) ? (Date.parse(value) - Date.now()) / 1000 : seconds) || 0
}
