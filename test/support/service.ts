import { env, exports } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/libsql/http'

export interface Answer {
	status: number
	headers: Headers
	/** Parsed, where it is JSON. */
	body: unknown
	text: string
}

export interface Call {
	method?: string
	body?: BodyInit
	headers?: Record<string, string>
}

/** Asks the Worker, as any client would, with a valid token unless told otherwise. */
export async function call(path: string, { method, body, headers }: Call = {}): Promise<Answer> {
	const response = await exports.default.fetch(`https://service.test${path}`, {
		method: method ?? (body === undefined ? 'GET' : 'POST'),
		headers: { authorization: 'Bearer first-token', ...headers },
		...(body === undefined ? {} : { body }),
	})
	const text = await response.text()
	const isJson = /[/+]json$/.test(response.headers.get('content-type') ?? '')
	const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text
	return { status: response.status, headers: response.headers, body: parsed, text }
}

export async function post(
	path: string,
	row: unknown,
	headers: Record<string, string> = {},
): Promise<Answer> {
	return await call(path, {
		body: JSON.stringify(row),
		headers: { 'content-type': 'application/json', ...headers },
	})
}

/** A database of this test's own request context, straight to the server. */
export function database() {
	return drizzle({ connection: { url: env.TURSO_DATABASE_URL, concurrency: -1 } })
}

let count = 0
const run = crypto.randomUUID().slice(0, 8)

/** A word that nothing else uses: tests share tables and need no cleaning up. */
export function fresh(word: string): string {
	return `${word}-${run}-${++count}`
}
