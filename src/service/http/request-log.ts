import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { isLogged, log } from '../log'
import { type AppEnv, stateOf } from './app-env'

/** Writes one line per request, when it is answered; where a stream answers it, when that has ended. */
export const requestLog: MiddlewareHandler<AppEnv> = async (c, next) => {
	const started = Date.now()
	const state = stateOf(c)
	const { logFields } = state
	await next()
	// An `access` of the app's own may answer with headers that know nothing of Hono's.
	if (!state.isWhole) c.header('X-Request-Id', c.get('requestId'))
	if (logFields.outcome === 'unauthorized' && !mayLogRefusal(started)) return
	const write = () => {
		if (!isLogged(() => state.backend.settings(c.env), logFields, c.res.status >= 400)) return
		const { method } = c.req
		// The route's pattern, for a path holds keys.
		const route = state.place?.path ?? routePath(c)
		const about = { requestId: c.get('requestId'), method, route, status: c.res.status }
		log(about, logFields, started)
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
