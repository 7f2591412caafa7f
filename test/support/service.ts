import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/libsql/http'
import { resources } from '../../src/resources'
import { serve } from './app'
import { LIMITER, SERVICE } from './bindings'
import { context } from './context'
import { type Answer, answerOf, Document } from './document'

/** What the service's own document says. */
export const document = new Document(resources)

export interface Call {
	method?: string
	body?: BodyInit
	headers?: Record<string, string>
}

/** A JSON body of a request. Text is sent as it is. */
export function json(value: unknown, type = 'application/json'): Call {
	return {
		body: typeof value === 'string' ? value : JSON.stringify(value),
		headers: { 'content-type': type },
	}
}

/** Asks the Worker, as any client would, with a valid token unless told otherwise. The answer is as documented. */
export async function call(path: string, init: Call = {}): Promise<Answer> {
	const request = requestOf(path, init)
	return await checked(request, path, await SERVICE.fetch(request))
}

/** Asks a service with other settings. The answer is as documented. */
export async function callWith(settings: object, path: string, init: Call = {}): Promise<Answer> {
	const request = requestOf(path, init)
	return await checked(
		request,
		path,
		await serve(resources).request(request, {}, { ...env, ...settings }, context),
	)
}

/** Asks a service with a limit until that refuses: at the eighth time at the latest, even where a new minute begins. */
export async function askTooOften(path: string, init: Call = {}): Promise<Answer | undefined> {
	for (let time = 0; time < 8; time++) {
		const answer = await callWith({ RATE_LIMIT: LIMITER }, path, init)
		if (answer.status === 429) return answer
	}
	return undefined
}

function requestOf(path: string, { method, body, headers }: Call): Request {
	return new Request(`https://service.test${path}`, {
		method: method ?? (body === undefined ? 'GET' : 'POST'),
		headers: { authorization: 'Bearer first-token', ...headers },
		...(body === undefined ? {} : { body }),
	})
}

async function checked({ method }: Request, path: string, response: Response): Promise<Answer> {
	const answer = await answerOf(response)
	document.check(method, path, answer)
	return answer
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
