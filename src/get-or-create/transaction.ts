import { classify, DatabaseError, type Failure, isUncertain } from '../database/failure'
import { type Batch, type DriverValue, type Rows, type Statement, send } from '../database/send'
import { conflictOver, conflictsIn, describeConflicts, diagnose } from './diagnosis'
import { faultAt } from './encode'
import { InvalidRowError } from './errors'
import type { Outcome } from './outcome'
import { type Entry, type Plan, plan } from './plan'
import type { RowRequest } from './row-request'
import type { Shape } from './shape'
import { identity, type Statements, statementsOf } from './statements'
import type { ColumnInfo } from './table'

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
	const updates = plans.some(({ shape }) => statementsOf(shape).update !== undefined)
	try {
		const isRepeat = doubt !== undefined
		const statements = plans.flatMap((each) => statementsFor(each, namesConflicts, isRepeat))
		const sent = await send(batch, statements, 'write', deadline, { repeated: isRepeat || !updates, doubt })
		const read = readOutcomes(plans, sent.results, namesConflicts, isRepeat)
		const { doubt: earlier } = sent
		const outcomes = earlier ? read.map((outcome) => certain(outcome, earlier)) : read
		return namesConflicts ? outcomes : await describeConflicts(batch, entries, outcomes, deadline)
	} catch (error) {
		const failure = classify(error)
		if (isUncertain(failure.failure) && updates && !doubt && Date.now() < deadline) {
			return await runTransaction(batch, entries, deadline, failure.failure)
		}
		const splits = failure.failure === 'constraint' || failure.failure === 'too-large'
		const [first] = entries
		if (!splits || !first) return entries.map(() => ({ kind: 'error', error: failure }))
		if (entries.length === 1) {
			const diagnosis = await diagnose(batch, first.request, failure, deadline)
			return [failure.doubt ? certain(diagnosis, failure.doubt) : diagnosis]
		}
		const half = Math.ceil(entries.length / 2)
		const before = await runTransaction(batch, entries.slice(0, half), deadline, failure.doubt)
		return [...before, ...(await runTransaction(batch, entries.slice(half), deadline, failure.doubt))]
	}
}

/**
 * An update that may have been done must not be done again: it could undo one that came between, and been told to its
 * caller. It is only looked for, which tells a database that is there from one that is gone.
 */
function askedOf(shape: Shape, isRepeat: boolean): Statements {
	const statements = statementsOf(shape)
	if (!isRepeat || statements.update === undefined) return statements
	return { ...statements, update: undefined, insert: undefined }
}

/** Reads the row that a request of the verb `get` asks for. @throws DatabaseError */
export async function findRow(
	batch: Batch,
	{ shape, json }: RowRequest,
	deadline: number,
): Promise<DriverValue[] | undefined> {
	const { results } = await send(
		batch,
		[{ sql: statementsOf(shape).select, args: [`[${json}]`] }],
		'read',
		deadline,
	)
	return results[0]?.[0]
}

function statementsFor({ shape, rows }: Plan, namesConflicts: boolean, isRepeat: boolean): Statement[] {
	const args = [`[${rows.map(({ request }) => request.json).join()}]`]
	const { update, insert, select, holders } = askedOf(shape, isRepeat)
	const named = namesConflicts ? holders.map(({ sql }) => sql) : []
	return [update, insert, select, ...named].flatMap((sql) => (sql === undefined ? [] : [{ sql, args }]))
}

function readOutcomes(plans: Plan[], results: Rows[], namesConflicts: boolean, isRepeat: boolean): Outcome[] {
	const outcomes: Outcome[] = []
	let next = 0
	const take = (): Rows => {
		const rows = results[next++]
		if (!rows) throw new Error('the database left out a result')
		return rows
	}
	for (const { shape, rows } of plans) {
		const { update, insert, holders } = askedOf(shape, isRepeat)
		const key = identity(shape)
		const updated = new Set(update === undefined ? [] : take().map(keyText))
		const created = new Set(insert === undefined ? [] : take().map(keyText))
		const width = shape.table.columns.length
		const found = new Map(take().map((row) => [row[width], row]))
		const named = namesConflicts ? results.slice(next, (next += holders.length)) : []
		const conflicts = conflictsIn(shape, named)
		rows.forEach(({ askers: [first, ...twins] }, place) => {
			const row = found.get(place)
			const outcome =
				(row ? foundOutcome(shape, key, row, updated, created) : missedOutcome(shape)) ??
				conflictOver(conflicts.get(place))
			outcomes[first] = outcome
			for (const twin of twins) {
				outcomes[twin] = outcome.kind === 'row' ? { ...outcome, created: false, updated: false } : outcome
			}
		})
	}
	return outcomes
}

type Row = DriverValue[]

/** Found: nothing where it still differs, so that another row's unique value stood in the way of the update. */
function foundOutcome(
	{ table }: Shape,
	key: readonly ColumnInfo[],
	row: Row,
	updated: Set<string>,
	created: Set<string>,
): Outcome | undefined {
	const differs = row[table.columns.length + 1] === 1
	const nothingDone = created.size === 0 && updated.size === 0
	const id = nothingDone ? '' : keyText(key.map(({ index }) => row[index] ?? null))
	// Claimed once: should two rows that differ to us be one to the database, the first of them made it.
	const isCreated = created.delete(id)
	const isUpdated = updated.delete(id)
	if (differs && !isCreated && !isUpdated) return undefined
	return { kind: 'row', values: row, created: isCreated, updated: isUpdated }
}

/** Not found: nothing where another unique key stood in the way of the insert, else why there was none. */
function missedOutcome({ table, slots, insertable }: Shape): Outcome | undefined {
	if (insertable) return undefined
	const missing = table.columns.filter(
		(column) => column.required && !slots.some((slot) => slot.column === column),
	)
	const faults = missing.map((column) =>
		faultAt(column, 'is missing, and there is no such row yet to update'),
	)
	return { kind: 'error', error: new InvalidRowError(faults) }
}

/**
 * After a try without an answer nothing is certain but that this one created a row. A row that is there may be that
 * try's creation, and so may one that stands in the way, where it was changed since: say so rather than guess.
 */
function certain(outcome: Outcome, doubt: Failure): Outcome {
	if (outcome.kind === 'row' ? outcome.created : outcome.error instanceof DatabaseError) return outcome
	const failure = doubt === 'interrupted' ? doubt : 'unknown'
	return { kind: 'error', error: new DatabaseError(failure, 'repeated after a try without an answer') }
}

function keyText(values: Row): string {
	return values
		.map((value) => (value instanceof ArrayBuffer ? Buffer.from(value).toString('hex') : String(value)))
		.join('\0')
}
