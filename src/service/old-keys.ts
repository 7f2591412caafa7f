import { type DatabaseSettings, httpBatch } from '../database/client'
import { query } from '../database/send'
import { KEPT_SECONDS } from '../get-or-create/idempotency-keys'
import { causeOf, type LogFields, log } from './log'

/** A step is a transaction that writers wait for: short, and theirs may come between. */
const STEP = 5000
/** Of requests to the database a Worker may make 50 at least; the next run goes on. */
const MAX_STEPS = 45

const DELETE = `DELETE FROM idempotency_keys WHERE rowid IN
	(SELECT rowid FROM idempotency_keys WHERE noted_at <= unixepoch() - ${KEPT_SECONDS} LIMIT ${STEP})`

const STATEMENTS = [DELETE, 'SELECT changes()'].map((sql) => ({ sql, args: [] }))

/**
 * Deletes Idempotency-Keys that are no longer kept, in bounded steps of `timeout` ms each at most.
 * @throws DatabaseError
 */
export async function deleteOldKeys(database: DatabaseSettings, timeout: number): Promise<void> {
	const started = Date.now()
	const logFields: LogFields = { outcome: 'done' }
	let deleted = 0
	try {
		for (let step = 0; step < MAX_STEPS; step++) {
			const [, counted] = await query(httpBatch(database), STATEMENTS, 'write', Date.now() + timeout)
			const count = Number(counted?.[0]?.[0])
			deleted += count
			if (count < STEP) break
		}
	} catch (error) {
		logFields.cause = causeOf(error)
		throw error
	} finally {
		log({ scheduled: 'delete old keys', deleted }, logFields, started)
	}
}
