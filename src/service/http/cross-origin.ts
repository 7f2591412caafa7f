import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { type AppEnv, stateOf } from './app-env'

/** How long a browser may remember a preflight: no browser takes more than two hours from all. */
const MAX_AGE_SECONDS = 7200

/**
 * Lets pages of the origins in CORS_ORIGINS call, and no others. It stands before the token: a preflight has none, and
 * a page may read why it was refused. Cookies play no part, so credentials stay off.
 */
export function crossOrigin(): MiddlewareHandler<AppEnv> {
	const originsOf = (c: Context<AppEnv>) => stateOf(c).backend.settings(c.env).corsOrigins
	const allow = cors({
		origin: (origin, c) => (originsOf(c).includes(origin) ? origin : null),
		allowMethods: ['GET', 'HEAD', 'POST', 'PUT'],
		allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
		exposeHeaders: [
			'Idempotency-Replayed',
			'Location',
			'Retry-After',
			'Server-Timing',
			'WWW-Authenticate',
			'X-Request-Id',
		],
		maxAge: MAX_AGE_SECONDS,
	})
	return (c, next) => (originsOf(c).length > 0 ? allow(c, next) : next())
}
