import { env } from 'cloudflare:workers'
import type { Hono } from 'hono'
import type { AppEnv } from '../../src/service/http/app-env'
import { context } from './context'

export interface Sent {
	body?: string | undefined
	type?: string
	idempotencyKey?: string | undefined
}

/** Asks an app with a valid token, and other settings where such are given. */
export async function askApp(
	app: Hono<AppEnv>,
	method: string,
	path: string,
	{ body, type = 'application/json', idempotencyKey }: Sent = {},
	settings?: object,
): Promise<Response> {
	const headers = {
		authorization: 'Bearer first-token',
		'content-type': type,
		...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
	}
	// Callers share transactions, and what is known of the tables, where they have the same bindings.
	const bindings = settings ? { ...env, ...settings } : env
	return await app.request(path, { method, headers, body: body ?? null }, bindings, context)
}

/** The values of lines of JSON. */
export async function linesOf(response: Response): Promise<unknown[]> {
	// Not text(), which warns of NDJSON that it does not appear to be text.
	return linesIn(new TextDecoder().decode(await response.arrayBuffer()))
}

export function linesIn(text: string): unknown[] {
	const lines = text.split('\n').filter(Boolean)
	return lines.map((line): unknown => JSON.parse(line))
}
