import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { log } from '../log'
import type { AppEnv } from './app-env'

/** Writes one line per request, when it is answered; where a stream answers it, when that has ended. */
export const requestLog: MiddlewareHandler<AppEnv> = async (c, next) => {
	const started = Date.now()
	const notes = {}
	c.set('notes', notes)
	await next()
	const write = () => {
		const { method } = c.req
		// The route's pattern, for a path holds keys.
		const about = { requestId: c.get('requestId'), method, route: routePath(c), status: c.res.status }
		log(about, notes, started)
	}
	const streamed = c.get('streamed')
	// Cloudflare ends a request whose caller went away, unless something is still waited for.
	if (streamed) c.executionCtx.waitUntil(streamed.then(write))
	else write()
}
