/** What a caller sends. */
export interface Sending {
	method: 'GET' | 'POST' | 'PUT'
	path: string
	body?: unknown
	headers?: Readonly<Record<string, string>>
}

/** What it gets. The status is 0 where it got nothing. */
export interface Answer {
	status: number
	headers: Headers
	/** Parsed, where it is JSON. */
	body: unknown
	text: string
	ms: number
}

/** Longer than any deadline: who waits so long is a request that hangs. */
export const HUNG_AFTER_MS = 6000

/** Asks a service as any caller would. `signal` is how a caller hangs up. */
export async function ask(origin: string, sending: Sending, signal?: AbortSignal): Promise<Answer> {
	const { method, path, body, headers } = sending
	const start = performance.now()
	const patience = AbortSignal.timeout(HUNG_AFTER_MS)
	try {
		const response = await fetch(`${origin}${path}`, {
			method,
			headers: { authorization: 'Bearer bench', 'content-type': 'application/json', ...headers },
			signal: signal ? AbortSignal.any([signal, patience]) : patience,
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		})
		const text = await response.text()
		const isJson = /[/+]json$/.test(response.headers.get('content-type') ?? '')
		return {
			status: response.status,
			headers: response.headers,
			body: isJson ? JSON.parse(text) : undefined,
			text,
			ms: performance.now() - start,
		}
	} catch {
		return { status: 0, headers: new Headers(), body: undefined, text: '', ms: performance.now() - start }
	}
}

const SLUGS: Readonly<Record<number, string>> = {
	404: 'not-found',
	409: 'conflict',
	422: 'invalid-row',
	500: 'misconfigured',
	503: 'database-unavailable',
	504: 'database-timeout',
}

/** What is wrong with an answer as such, whatever was asked: nothing, for a success or an honest refusal. */
export function faultOf({ status, headers, body, text }: Answer): string | undefined {
	if (status === 200 || status === 201) return undefined
	const slug = SLUGS[status]
	const told = `HTTP ${status} ${text.slice(0, 200)}`
	if (slug === undefined) return `unexpected: ${told}`
	if (headers.get('content-type') !== 'application/problem+json') return `not a problem: ${told}`
	const isProblem =
		typeof body === 'object' &&
		body !== null &&
		'type' in body &&
		'status' in body &&
		body.type === `/problems/${slug}` &&
		body.status === status
	if (!isProblem) return `another problem: ${told}`
	if (status === 503 && !/^[1-9]\d*$/.test(headers.get('retry-after') ?? '')) return `no Retry-After: ${told}`
	return undefined
}
