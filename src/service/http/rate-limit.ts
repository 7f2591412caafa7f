import type { MiddlewareHandler } from 'hono'
import { type AppEnv, stateOf } from './app-env'
import { Problem } from './problem'

/** The binding counts by periods of 10 or 60 seconds and does not tell which: this is how long a new one is away at the soonest. */
const RETRY_AFTER_SECONDS = '10'

/** Refuses a token's requests beyond the limit of the RATE_LIMIT binding, where there is one. It stands behind the token. */
export const limitRate: MiddlewareHandler<AppEnv> = async (c, next) => {
	const { backend, token } = stateOf(c)
	const { rateLimit } = backend.settings(c.env)
	if (!rateLimit || token === undefined) return await next()
	const { success } = await rateLimit.limit({ key: await keyOf(token) })
	if (success) return await next()
	const detail = 'The token has made too many requests.'
	throw new Problem('rate-limited', detail, {}, { 'Retry-After': RETRY_AFTER_SECONDS })
}

/** A token's hash: the key leaves the Worker, the token does not. */
async function keyOf(token: string): Promise<string> {
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
	return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
