import { httpBatch } from '../database/client'
import { prove } from '../get-or-create/proof'
import { resources } from '../resources'
import { causeOf, log, type Notes } from './log'
import { tablesNeeded } from './resource'
import { settingsOf } from './settings'

/** What the service needs in its database. */
export const servedTables = tablesNeeded(resources)

/** For the Cron Trigger: tells the log of a table that is not what its schema says, be it asked for or not. */
export async function proveTables(env: Env): Promise<void> {
	const started = Date.now()
	const notes: Notes = { outcome: 'done' }
	try {
		const { database, timeout } = settingsOf(env)
		await prove(httpBatch(database), servedTables, 'read', Date.now() + timeout)
	} catch (error) {
		notes.outcome = 'failed'
		notes.cause = causeOf(error)
	} finally {
		log({ scheduled: 'prove tables' }, notes, started)
	}
}
