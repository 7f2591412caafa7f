import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { isLogged, log, type Notes } from '../log'
import type { AppEnv } from './app-env'

/** Writes one line per request, when it is answered; where a stream answers it, when that has ended. */
export const requestLog: MiddlewareHandler<AppEnv> = async (c, next) => {
	const started = Date.now()
	const notes: Notes = {}
	c.set('notes', notes)
	await next()
	if (notes.outcome === 'unauthorized' && !mayLogRefusal(started)) return
	const write = () => {
		if (!isLogged(c.env, notes, c.res.status >= 400)) return
		const { method } = c.req
		// The route's pattern, for a path holds keys.
		const route = c.get('place')?.path ?? routePath(c)
		const about = { requestId: c.get('requestId'), method, route, status: c.res.status }
		log(about, notes, started)
	}
	const streamed = c.get('streamed')
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
