import { type DatabaseSettings, httpBatch } from '../database/client'
import { prove } from '../get-or-create/proof'
import type { TableInfo } from '../get-or-create/table'
import { causeOf, type LogFields, log } from './log'

/** Tells the log of a table that is not what its schema says, be it asked for or not. Never throws. */
export async function proveTables(
	tables: readonly TableInfo[],
	database: DatabaseSettings,
	timeout: number,
): Promise<void> {
	const started = Date.now()
	const logFields: LogFields = { outcome: 'done' }
	try {
		await prove(httpBatch(database), tables, 'read', Date.now() + timeout)
	} catch (error) {
		logFields.outcome = 'failed'
		logFields.cause = causeOf(error)
	} finally {
		log({ scheduled: 'prove tables' }, logFields, started)
	}
}
