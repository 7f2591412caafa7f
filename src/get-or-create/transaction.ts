import { classify, type DatabaseError, type Failure, splits } from '../database/failure'
import { type Batch, type DriverValue, type Sent, type Statement, send } from '../database/send'
import { describeConflicts, diagnose } from './diagnosis'
import type { Outcome } from './outcome'
import { type Entry, type Plan, plan } from './plan'
import { askedOf, certain, nameOf, readOutcomes, type Try } from './results'
import type { RowRequest } from './row-request'
import { statementsOf } from './statements'

/**
 * Runs rows in one transaction, and so in one round trip; the answer to a conflict costs one more.
 * A transaction that a constraint or its own size stops is split until only the rows at fault fail.
 * Never throws for what the database does: every row gets its outcome, in order.
 * `doubt` is how an earlier try of these rows failed, which may have been committed.
 */
export async function runTransaction(
	batch: Batch,
	entries: readonly Entry[],
	deadline: number,
	doubt?: Failure,
): Promise<Outcome[]> {
	const { plans, namesConflicts } = plan(entries)
	const id = plans.some(({ shape }) => shape.keyed) ? crypto.randomUUID() : ''
	const tryAfter = (repeats: number): Try => ({ id, repeats, namesConflicts })
	const statementsAfter = (repeats: number): Statement[] =>
		plans.flatMap((each, place) => statementsFor(each, place, tryAfter(repeats)))
	let sent: Sent
	try {
		sent = await send(batch, statementsAfter, 'write', deadline, doubt)
	} catch (error) {
		return await outcomesOfFailure(batch, entries, deadline, classify(error))
	}
	const outcomes = readOutcomes(plans, sent.results, tryAfter(sent.repeats), sent.doubt)
	return namesConflicts ? outcomes : await describeConflicts(batch, entries, outcomes, deadline)
}

async function outcomesOfFailure(
	batch: Batch,
	entries: readonly Entry[],
	deadline: number,
	error: DatabaseError,
): Promise<Outcome[]> {
	const { failure, doubt } = error
	const [first] = entries
	if (!splits(failure) || !first) return entries.map(() => ({ kind: 'error', error }))
	if (entries.length === 1) {
		return [certain(first.request.shape, await diagnose(batch, first.request, error, deadline), doubt)]
	}
	const half = Math.ceil(entries.length / 2)
	const before = await runTransaction(batch, entries.slice(0, half), deadline, doubt)
	return [...before, ...(await runTransaction(batch, entries.slice(half), deadline, doubt))]
}

/** Reads the row that a request of the verb `get` asks for. @throws DatabaseError */
export async function findRow(
	batch: Batch,
	{ shape, json }: RowRequest,
	deadline: number,
): Promise<DriverValue[] | undefined> {
	const statement = { sql: statementsOf(shape).select, args: [`[${json}]`] }
	const { results } = await send(batch, () => [statement], 'read', deadline)
	return results[0]?.[0]
}

function statementsFor({ shape, rows }: Plan, place: number, attempt: Try): Statement[] {
	const { notes, update, insert, select, holders } = askedOf(shape, attempt)
	const tried = [notes?.write, update, insert, notes?.settle, notes?.read].filter((sql) => sql !== undefined)
	const reads = attempt.namesConflicts ? [select, ...holders.map(({ sql }) => sql)] : [select]
	const json = `[${rows.map(({ request }) => request.json).join()}]`
	const args = shape.keyed ? [json, nameOf(attempt, place)] : [json]
	return [...tried.map((sql) => ({ sql, args })), ...reads.map((sql) => ({ sql, args: [json] }))]
}
