import type { Handler } from 'hono'
import type { AppEnv } from './app-env'
import { Problem } from './problem'

/** Stands behind the routes of a path and refuses every method that they left over. */
export function only(allow: string): Handler<AppEnv> {
	return (c) => {
		const detail = `${c.req.method} is not allowed here: use ${allow}.`
		throw new Problem('method-not-allowed', detail, {}, { Allow: allow })
	}
}
