import type { Context } from 'hono'
import { httpBatch } from '../database/client'
import { settingsOf } from '../env'
import type { Outcome } from '../get-or-create/outcome'
import type { RowRequest } from '../get-or-create/row-request'
import { sharedCommits } from '../get-or-create/shared-commits'
import type { DriverValue } from '../get-or-create/table'
import { findRow } from '../get-or-create/transaction'
import { timed } from '../log'
import type { AppEnv } from './app-env'

/** Commits rows in a transaction that this request may share with others. */
export async function commit(c: Context<AppEnv>, requests: RowRequest[]): Promise<Outcome[]> {
	const { database, timeout } = settingsOf(c.env)
	c.get('notes').commit = 'isolate'
	return await timed(c.get('notes'), () =>
		sharedCommits(database).submit(requests, Date.now() + timeout, (promise) =>
			c.executionCtx.waitUntil(promise),
		),
	)
}

/** Reads the row that a request of the verb `get` asks for, with a client of this request's own. */
export async function find(c: Context<AppEnv>, request: RowRequest): Promise<DriverValue[] | undefined> {
	const { database, timeout } = settingsOf(c.env)
	return await timed(c.get('notes'), () => findRow(httpBatch(database), request, Date.now() + timeout))
}
