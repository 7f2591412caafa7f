import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { isLogged, log } from '../log'
import { type AppEnv, stateOf } from './app-env'

/** The caller's own id, as Hono's requestId takes it, or a new one. Its header is set as the answer is made: see answer.ts. */
export function requestIdOf(c: Context): string {
	// That of the app around, where it has one.
	const known: unknown = c.get('requestId')
	if (typeof known === 'string') return known
	const own = c.req.header('x-request-id')
	return own !== undefined && /^[\w\-=]{1,255}$/.test(own) ? own : crypto.randomUUID()
}

/** Writes one line per request, when it is answered; where a stream answers it, when that has ended. */
export const requestLog: MiddlewareHandler<AppEnv> = async (c, next) => {
	const started = Date.now()
	const state = stateOf(c)
	const { notes } = state
	await next()
	// What is no table's is answered by Hono's helpers, or by the app's own access.
	if (!state.isWhole) c.header('X-Request-Id', c.get('requestId'))
	if (notes.outcome === 'unauthorized' && !mayLogRefusal(started)) return
	const write = () => {
		if (!isLogged(() => state.backend.settings(c.env), notes, c.res.status >= 400)) return
		const { method } = c.req
		// The route's pattern, for a path holds keys.
		const route = state.place?.path ?? routePath(c)
		const about = { requestId: c.get('requestId'), method, route, status: c.res.status }
		log(about, notes, started)
	}
	const { streamed } = state
	// Cloudflare ends a request whose caller went away, unless something is still waited for.
	if (streamed) c.executionCtx.waitUntil(streamed.then(write))
	else write()
}

const REFUSALS_MS = 1000
let lastRefusal = 0

/** Refused tokens are told once a second: who tries thousands must not fill the log, which costs by the line. */
function mayLogRefusal(now: number): boolean {
	if (now - lastRefusal < REFUSALS_MS) return false
	lastRefusal = now
	return true
}
