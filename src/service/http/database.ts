import type { Context } from 'hono'
import { httpBatch } from '../../database/client'
import type { DriverValue } from '../../database/send'
import { findRow } from '../../get-or-create/read-row'
import type { RowRequest } from '../../get-or-create/row-request'
import { proofsOf } from '../commits/shared-commits'
import { timed } from '../log'
import { settingsOf } from '../settings'
import type { AppEnv } from './app-env'

/** Reads the row that a request of the verb `get` asks for, with a client of this request's own. */
export async function find(c: Context<AppEnv>, request: RowRequest): Promise<DriverValue[] | undefined> {
	const settings = settingsOf(c.env)
	const { database, timeout } = settings
	return await timed(c.get('notes'), () =>
		findRow(httpBatch(database), request, Date.now() + timeout, proofsOf(settings)),
	)
}
