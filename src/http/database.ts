import type { Context, MiddlewareHandler } from 'hono'
import { httpBatch } from '../database/client'
import type { DriverValue } from '../database/send'
import { settingsOf } from '../env'
import { findRow } from '../get-or-create/read-row'
import type { RowRequest } from '../get-or-create/row-request'
import { proofsOf } from '../get-or-create/shared-commits'
import { timed } from '../log'
import type { AppEnv } from './app-env'

/** Reads the row that a request of the verb `get` asks for, with a client of this request's own. */
export async function find(c: Context<AppEnv>, request: RowRequest): Promise<DriverValue[] | undefined> {
	const settings = settingsOf(c.env)
	const { database, timeout } = settings
	return await timed(c.get('notes'), () =>
		findRow(httpBatch(database), request, Date.now() + timeout, proofsOf(settings)),
	)
}

/**
 * Tells callers how long they waited for the database, in milliseconds; a stream's headers go before it has. Not by
 * Hono's timing, which appends to the answer once it is made: that makes every answer be copied.
 */
export const serverTiming: MiddlewareHandler<AppEnv> = async (c, next) => {
	await next()
	c.res.headers.set('Server-Timing', `db;dur=${c.get('notes').databaseMs ?? 0}`)
}
