import { DatabaseError, type Failure } from '../database/failure'
import type { DriverValue, Rows } from '../database/send'
import { identity } from './conditions'
import { conflictOver, conflictsIn } from './diagnosis'
import { faultAt } from './encode'
import { GoneError, IdempotencyMismatchError, InvalidRowError } from './errors'
import type { Outcome } from './outcome'
import type { Plan } from './plan'
import type { Shape } from './shape'
import { type Statements, statementsOf } from './statements'
import type { ColumnInfo } from './table'

/** One try of a transaction. */
export interface Try {
	/** The transaction's own. */
	id: string
	/** How many tries, which may have been committed, came before this one. */
	repeats: number
	namesConflicts: boolean
}

/**
 * What is asked of the database for a plan. An update that may have been done must not be done again: it could undo one
 * that came between, and been told to its caller. It is only looked for, which tells a database that is there from one
 * that is gone; under an Idempotency-Key it may be repeated, for the key's note tells whether it was done.
 */
export function askedOf(shape: Shape, { repeats }: Try): Statements {
	const statements = statementsOf(shape)
	if (repeats === 0 || shape.keyed || statements.update === undefined) return statements
	return { ...statements, update: undefined, insert: undefined }
}

/** Names a try for the notes of one plan's rows: see idempotency.ts. */
export function nameOf({ id, repeats }: Try, plan: number): string {
	return `${repeats}.${id}.${plan}.`
}

/** What became of each row, in order, once its transaction is committed. */
export function readOutcomes(
	plans: readonly Plan[],
	results: readonly Rows[],
	attempt: Try,
	doubt: Failure | undefined,
): Outcome[] {
	const outcomes: Outcome[] = []
	let next = 0
	const take = (): Rows => {
		const rows = results[next++]
		if (!rows) throw new Error('the database left out a result')
		return rows
	}
	for (const [at, { shape, rows }] of plans.entries()) {
		const { notes, update, insert, holders } = askedOf(shape, attempt)
		const key = identity(shape)
		if (notes) take()
		const updated = new Set(update === undefined ? [] : take().map(keyOf))
		const created = new Set(insert === undefined ? [] : take().map(keyOf))
		if (notes) take()
		const noted = new Map(notes ? take().map((row) => [row[0], row]) : [])
		const width = shape.table.columns.length
		const found = new Map(take().map((row) => [row[width], row]))
		const named = attempt.namesConflicts ? results.slice(next, (next += holders.length)) : []
		const conflicts = conflictsIn(shape, named)
		rows.forEach(({ askers: [first, ...twins] }, place) => {
			const row = found.get(place)
			const refused = () => (row ? undefined : missedOutcome(shape)) ?? conflictOver(conflicts.get(place))
			const kept = noted.get(place)
			const note = kept && earlierNote(kept, attempt, at, place)
			const outcome = note
				? notedOutcome(note, refused)
				: ((row && foundOutcome(shape, key, row, updated, created)) ?? refused())
			outcomes[first] = certain(shape, outcome, doubt)
			for (const twin of twins) outcomes[twin] = certain(shape, twinOutcome(shape, outcome), doubt)
		})
	}
	return outcomes
}

type Row = DriverValue[]

/** Asked for once more in the same transaction. Under the same key it is the same request, else another one. */
function twinOutcome({ keyed }: Shape, outcome: Outcome): Outcome {
	if (keyed) return { ...outcome, replayed: true }
	return outcome.kind === 'row' ? { ...outcome, created: false, updated: false } : outcome
}

/** A key's note that this try found there. */
interface EarlierNote {
	outcome: DriverValue | undefined
	isSameRequest: boolean
	/** The row that it is about. Of a row that has gone every column is null. */
	values: Row
	/** By a request that came before, not by an earlier try for this one. */
	replayed: boolean
}

/** The note of a row that this try left alone; nothing where this very try wrote it. */
function earlierNote(
	[, outcome, by, same, ...values]: Row,
	attempt: Try,
	plan: number,
	place: number,
): EarlierNote | undefined {
	const name = `${nameOf(attempt, plan)}${place}`
	if (by === name) return undefined
	// The names of a row's tries differ in the number that they begin with.
	const isOwn = typeof by === 'string' && by.endsWith(name.slice(name.indexOf('.')))
	return { outcome, isSameRequest: same === 1, values, replayed: !isOwn }
}

function notedOutcome(note: EarlierNote, refused: () => Outcome): Outcome {
	const { outcome, isSameRequest, values, replayed } = note
	if (!isSameRequest) return { kind: 'error', error: new IdempotencyMismatchError() }
	if (outcome === 'refused') return { ...refused(), replayed }
	if (values.every((value) => value === null)) return { kind: 'error', error: new GoneError(), replayed }
	return {
		kind: 'row',
		values,
		created: outcome === 'created',
		updated: outcome === 'updated',
		replayed,
	}
}

/** Found: nothing where it still differs, so that another row's unique value stood in the way of the update. */
function foundOutcome(
	{ table }: Shape,
	key: readonly ColumnInfo[],
	row: Row,
	updated: Set<string | number>,
	created: Set<string | number>,
): Outcome | undefined {
	const differs = row[table.columns.length + 1] === 1
	const nothingDone = created.size === 0 && updated.size === 0
	const id = nothingDone ? '' : keyOf(key.map(({ index }) => row[index] ?? null))
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
 * try's creation, and so may one that stands in the way, where it was changed since: say so rather than guess. An
 * Idempotency-Key's note tells.
 */
export function certain({ keyed }: Shape, outcome: Outcome, doubt: Failure | undefined): Outcome {
	if (!doubt || keyed) return outcome
	if (outcome.kind === 'row' ? outcome.created : outcome.error instanceof DatabaseError) return outcome
	const failure = doubt === 'interrupted' ? doubt : 'unknown'
	return { kind: 'error', error: new DatabaseError(failure, 'repeated after a try without an answer') }
}

/** A key as what a Set tells apart: most are one number, and making text of it costs more than all the rest. */
function keyOf(values: Row): string | number {
	const [first] = values
	if (values.length === 1 && typeof first === 'number') return first
	return values
		.map((value) => (value instanceof ArrayBuffer ? Buffer.from(value).toString('hex') : String(value)))
		.join('\0')
}
