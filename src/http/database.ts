import type { Context } from 'hono'
import { httpBatch } from '../database/client'
import type { Batch } from '../database/send'
import { settingsOf } from '../env'
import type { AppEnv } from './app-env'

/** Runs with a client of this request's own, inside the request's deadline, and notes the time for Server-Timing. */
export async function withDatabase<T>(
	c: Context<AppEnv>,
	run: (batch: Batch, deadline: number) => Promise<T>,
): Promise<T> {
	const { database, timeout } = settingsOf(c.env)
	const start = Date.now()
	try {
		return await run(httpBatch(database), start + timeout)
	} finally {
		c.set('databaseMs', Date.now() - start)
	}
}
