import type { Context } from 'hono'
import { httpBatch } from '../database/client'
import type { DriverValue } from '../database/send'
import { settingsOf } from '../env'
import type { Outcome } from '../get-or-create/outcome'
import type { RowRequest } from '../get-or-create/row-request'
import { sharedCommits } from '../get-or-create/shared-commits'
import { findRow } from '../get-or-create/transaction'
import { timed } from '../log'
import type { AppEnv } from './app-env'

/** Commits rows in a transaction that this request may share with others. */
export async function commit(c: Context<AppEnv>, requests: RowRequest[]): Promise<Outcome[]> {
	const settings = settingsOf(c.env)
	c.get('notes').commit = settings.object ? 'durable-object' : 'isolate'
	return await waiting(c, () =>
		sharedCommits(settings).submit(requests, Date.now() + settings.timeout, (promise) =>
			c.executionCtx.waitUntil(promise),
		),
	)
}

/** Reads the row that a request of the verb `get` asks for, with a client of this request's own. */
export async function find(c: Context<AppEnv>, request: RowRequest): Promise<DriverValue[] | undefined> {
	const { database, timeout } = settingsOf(c.env)
	return await waiting(c, () => findRow(httpBatch(database), request, Date.now() + timeout))
}

/** Tells the log how long it takes, and the answer, unless that is a stream whose headers have gone. */
async function waiting<T>(c: Context<AppEnv>, wait: () => Promise<T>): Promise<T> {
	const notes = c.get('notes')
	try {
		return await timed(notes, wait)
	} finally {
		if (!c.finalized) databaseTook(c, notes.databaseMs ?? 0)
	}
}

/** In milliseconds. Not by Hono's timing, which appends to the answer: that makes every answer be copied. */
export function databaseTook(c: Context<AppEnv>, ms: number): void {
	c.header('Server-Timing', `db;dur=${ms}`)
}
