import type { Handler } from 'hono'
import { httpBatch } from '../database/client'
import { query } from '../database/send'
import { settingsOf } from '../env'
import type { AppEnv } from './app-env'

/** A load balancer asks often and gives up early: health has a deadline of its own. */
const HEALTH_TIMEOUT_MS = 2000

/** `200 {"status":"ok"}` where the database answers a real query in time, else the problem that a request would meet. */
export function health(): Handler<AppEnv> {
	return async (c) => {
		const { database, timeout } = settingsOf(c.env)
		const deadline = Date.now() + Math.min(timeout, HEALTH_TIMEOUT_MS)
		await query(httpBatch(database), [{ sql: 'SELECT 1', args: [] }], 'read', deadline)
		c.header('Cache-Control', 'no-store')
		return c.json({ status: 'ok' })
	}
}
