import type { Handler } from 'hono'
import { httpBatch } from '../../database/client'
import { prove } from '../../get-or-create/proof'
import { type Resource, tablesNeeded } from '../resource'
import type { AppEnv } from './app-env'
import { commitsOf } from './database'

/** A load balancer asks often and gives up early: health has a deadline of its own. */
const HEALTH_TIMEOUT_MS = 2000

/**
 * `200 {"status":"ok"}` where the service can do its work in time: the database takes writes, and every table there is
 * what the schema says; with `?read` only what reads need. Else the problem that a request would meet.
 */
export function health(resources: readonly Resource[]): Handler<AppEnv> {
	const tables = tablesNeeded(resources)
	return async (c) => {
		const { commits, timeout } = await commitsOf(c)
		const deadline = Date.now() + Math.min(timeout, HEALTH_TIMEOUT_MS)
		const mode = c.req.query('read') === undefined ? 'write' : 'read'
		await prove(httpBatch(commits.database), tables, mode, deadline)
		c.header('Cache-Control', 'no-store')
		return c.json({ status: 'ok' })
	}
}
