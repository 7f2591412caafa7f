import type { Context, MiddlewareHandler } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { type AppEnv, stateOf } from './app-env'

const encoder = new TextEncoder()

/** Lets in who sends one of the tokens in API_TOKENS. Without any the service is misconfigured, never open. */
export function tokenAuth(): MiddlewareHandler<AppEnv> {
	const auth = bearerAuth({
		verifyToken: (token: string, c: Context<AppEnv>) => {
			const state = stateOf(c)
			const isKnown = isOneOf(token, state.backend.settings(c.env).tokens)
			if (isKnown) state.token = token
			return isKnown
		},
	})
	return async (c, next) => {
		stateOf(c).backend.settings(c.env)
		return await auth(c, next)
	}
}

/** Every token is compared, and each in constant time: neither a match nor its place shows in how long it takes. */
function isOneOf(token: string, tokens: Uint8Array[]): boolean {
	const presented = encoder.encode(token)
	return tokens.reduce((found, expected) => {
		// Only a length can be told apart by time: timingSafeEqual takes equal lengths.
		const same = presented.byteLength === expected.byteLength
		return (crypto.subtle.timingSafeEqual(presented, same ? expected : presented) && same) || found
	}, false)
}
