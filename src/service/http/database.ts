import type { Context } from 'hono'
import { httpBatch } from '../../database/client'
import type { DriverValue } from '../../database/send'
import { findRow } from '../../get-or-create/read-row'
import type { RowRequest } from '../../get-or-create/row-request'
import type { Commits } from '../commits/commit'
import { proofsOf } from '../commits/shared-commits'
import { timed } from '../log'
import { type AppEnv, stateOf } from './app-env'

/** The database that a request is for, which is chosen once. */
export async function commitsOf(c: Context<AppEnv>): Promise<Commits> {
	const state = stateOf(c)
	const { timeout } = state.backend.settings(c.env)
	return { commits: (state.commits ??= await state.backend.databaseOf(c)), timeout }
}

/** Reads the row that a request of the verb `get` asks for, with a client of this request's own. */
export async function find(c: Context<AppEnv>, request: RowRequest): Promise<DriverValue[] | undefined> {
	const { logFields } = stateOf(c)
	const { commits, timeout } = await commitsOf(c)
	return await timed(logFields, () =>
		findRow(httpBatch(commits.database), request, Date.now() + timeout, proofsOf(commits)),
	)
}
