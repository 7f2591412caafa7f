import type { Context } from 'hono'
import { type AppEnv, stateOf } from './app-env'

const JSON_TYPE = { 'Content-Type': 'application/json' }

/**
 * An answer with all of its headers at once: to set one on an answer that is made already, as Hono's own helpers and
 * middleware do, costs more than to make it. Server-Timing tells callers how long they waited for the database, in
 * milliseconds; a stream's headers go before it has.
 */
export function answer(
	c: Context<AppEnv>,
	status: number,
	body: string | ReadableStream | null,
	headers: Readonly<Record<string, string>>,
): Response {
	const state = stateOf(c)
	state.isWhole = true
	const all: Record<string, string> = { 'X-Request-Id': c.get('requestId'), ...headers }
	if (state.place) all['Server-Timing'] = `db;dur=${state.logFields.databaseMs ?? 0}`
	if (state.replayed) all['Idempotency-Replayed'] = 'true'
	return new Response(body, { status, headers: all })
}

export function answerJson(
	c: Context<AppEnv>,
	status: number,
	json: unknown,
	headers?: Readonly<Record<string, string>>,
): Response {
	return answer(c, status, JSON.stringify(json), headers ? { ...JSON_TYPE, ...headers } : JSON_TYPE)
}
