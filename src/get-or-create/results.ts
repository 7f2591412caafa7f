import { hexOf } from '../database/bytes'
import { DatabaseError, type Failure } from '../database/failure'
import type { DriverValue, Rows } from '../database/send'
import { anchorOf } from './conditions'
import { type Conflict, ConflictError, GoneError, IdempotencyMismatchError } from './errors'
import type { Outcome } from './outcome'
import type { Plan } from './plan'
import { type ReadRow, rowsIn } from './read-value'
import { ruledOut, unmade } from './refusal'
import type { Shape } from './shape'
import type { Step } from './statements'
import type { ColumnInfo, TableInfo } from './table'

/** The rows that each statement of a plan gave. */
export type StepRows = Partial<Record<Step, Rows>>

/** A try of a plan, as its notes are told apart. */
export interface PlanTry {
	/** What the notes of this plan in this try begin with. */
	name: string
	/** The tries of their own that the plan's rows have gone through, by what their names begin with. */
	isOwn: (name: string) => boolean
}

/** What became of a planned row. */
export type Found = Outcome | Written

/** A row that was created or updated, and is no longer what it was asked by. */
export interface Written {
	kind: 'written'
	change: Change
	identity: DriverValue[]
}

type Change = 'created' | 'updated'

/** A row that its own request has written. */
export function rowOf(values: DriverValue[], change: Change): Outcome {
	return { kind: 'row', values, created: change === 'created', updated: change === 'updated' }
}

/** What became of each row of a plan, in order, once its transaction is committed. */
export function readPlan(plan: Plan, results: StepRows, attempt: PlanTry, asBytes: boolean): Found[] {
	try {
		return foundIn(plan, results, attempt, asBytes)
	} catch (error) {
		// An answer that makes no sense tells nobody what was done.
		const doubt = new DatabaseError('unknown', error)
		return plan.rows.map(() => ({ kind: 'error', error: doubt }))
	}
}

function foundIn({ shape, rows }: Plan, results: StepRows, attempt: PlanTry, asBytes: boolean): Found[] {
	const { table } = shape
	const read = (step: Step) => rowsIn(table, asBytes, results[step])
	const anchor = anchorOf(shape).index
	const written = new WrittenRows([
		...writtenBy(table, 'updated', results.update),
		...writtenBy(table, 'created', results.insert),
	])
	const noted = new Map(read('read').map((each) => [each.before[0], each]))
	const selected = read('select')
	const [moved] = read('moved')
	const [made] = read('made')
	const creations: (string | number | undefined)[] = []
	const claim = (id: string | number, place: number) => {
		const own = written.claim(id)
		if (own?.change === 'created') creations[place] = id
		return own
	}
	const found = rows.map((_, place): Found | undefined => {
		const { values, state } = stateOf(selected[place], place)
		if (values[anchor] === null) return undefined
		const own = written.size > 0 ? claim(idOf(table, values), place) : undefined
		if (own) return rowOf(values, own.change)
		return state === place ? { kind: 'row', values, created: false, updated: false } : undefined
	})
	return rows.map((_, place): Found => {
		if (found[place] && noted.size === 0) return found[place]
		const { values, state } = stateOf(selected[place], place)
		const note = noted.get(place)
		const known = note && noteOf(note, place, attempt)
		// What a later row of the plan made was not yet there when this one's turn came.
		const holders = holdersIn(shape, state).filter(
			({ identity }) => creations.indexOf(keyOf(identity)) < place,
		)
		if (known) return notedOutcome(known, inConflict(shape, holders))
		if (found[place]) return found[place]
		if (rows.length === 1 && moved) return rowOf(moved.values, 'updated')
		if (rows.length === 1 && made) return rowOf(made.values, 'created')
		const outcome = missed(shape, values, holders, written, rows.length === 1)
		if (outcome.kind === 'written') claim(keyOf(outcome.identity), place)
		return outcome
	})
}

function writtenAmong(holders: readonly Holder[], written: WrittenRows): (Written | undefined)[] {
	const ids = new Set(holders.map(({ identity }) => keyOf(identity)))
	return [...ids].map((id) => written.get(id))
}

/** What a row is, and its own place or what stands in its way. */
function stateOf(row: ReadRow | undefined, place: number): { values: DriverValue[]; state: unknown } {
	const state = row?.before[0]
	if (!row || (typeof state === 'number' && state !== place)) throw new Error('the database left out a row')
	return { values: row.values, state }
}

/** Not there, or not as the update would have it: what stood in the way. */
function missed(
	shape: Shape,
	row: DriverValue[],
	holders: readonly Holder[],
	written: WrittenRows,
	isOne: boolean,
): Found {
	const isThere = row[anchorOf(shape).index] !== null
	// A row that was written and isn't found was changed by a trigger: it holds its own values, and nobody else does.
	const [only, ...others] = isOne ? written.unclaimed() : writtenAmong(holders, written)
	if (only && others.length === 0 && !isThere) return only
	if (!isThere && !shape.insertable) return unmade(shape)
	return holders.some(({ blocks }) => blocks) ? inConflict(shape, holders) : ruledOut()
}

function inConflict(shape: Shape, holders: readonly Holder[]): Outcome {
	// A repeat is told of both what would be inserted and what would be updated.
	const conflicts = new Map(
		holders
			.flatMap((holder) => conflictOver(shape, holder))
			.map((conflict) => [JSON.stringify(conflict), conflict]),
	)
	return { kind: 'error', error: new ConflictError([...conflicts.values()]) }
}

/** A row that holds a unique value: see stoppedBy. */
interface Holder {
	key: number
	blocks: boolean
	identity: DriverValue[]
	differs: boolean[]
}

function holdersIn({ table }: Shape, state: unknown): Holder[] {
	// Whether JSON in JSON is text is SQLite's to choose.
	const holders: unknown = typeof state === 'string' ? JSON.parse(state) : state
	if (!Array.isArray(holders)) return []
	return holders.map((holder: unknown) => {
		if (!Array.isArray(holder)) throw new Error('a holder that is not an array')
		const [key, blocks, identity, ...flags]: unknown[] = holder
		return {
			key: Number(key),
			blocks: blocks === 1,
			identity: table.identity.map((column, place) =>
				jsonValue(column, Array.isArray(identity) ? identity[place] : null),
			),
			differs: flags.map((flag) => flag === 1),
		}
	})
}

function conflictOver({ table, by }: Shape, { key, differs }: Holder): Conflict[] {
	const columns = table.keys[key]?.columns ?? []
	const different = by.filter((_, place) => differs[place])
	// Where nothing differs it is the row asked for itself.
	if (different.length === 0) return []
	return [
		{ key: columns.map(({ property }) => property), differs: different.map(({ property }) => property) },
	]
}

/** Asked for once more in the same transaction. Under the same key it is the same request, else another one. */
export function twinOutcome({ keyed }: Shape, outcome: Outcome): Outcome {
	if (keyed) return { ...outcome, replayed: true }
	return outcome.kind === 'row' ? { ...outcome, created: false, updated: false } : outcome
}

/** A key's note, which tells what was done, be it by this try or by another. */
interface Note {
	outcome: unknown
	isSameRequest: boolean
	/** The row that it is about. Of a row that has gone every column is null. */
	values: DriverValue[]
	/** By a request that came before, not by an earlier try for this one. */
	replayed: boolean
}

function noteOf({ before, values }: ReadRow, place: number, { name, isOwn }: PlanTry): Note {
	const [, outcome, attempt, same] = before
	const replayed = attempt !== `${name}${place}` && (typeof attempt !== 'string' || !isOwn(attempt))
	return { outcome, isSameRequest: same === 1, values, replayed }
}

function notedOutcome(note: Note, conflict: Outcome): Outcome {
	const { outcome, isSameRequest, values, replayed } = note
	if (!isSameRequest) return { kind: 'error', error: new IdempotencyMismatchError() }
	if (outcome === 'refused') return { ...conflict, replayed }
	if (values.every((value) => value === null)) return { kind: 'error', error: new GoneError(), replayed }
	return { kind: 'row', values, created: outcome === 'created', updated: outcome === 'updated', replayed }
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

/** The rows that a statement has written. */
function writtenBy({ identity }: TableInfo, change: Change, rows: Rows = []): Written[] {
	return rows.map((row) => ({
		kind: 'written',
		change,
		identity: row.map((value, place) => jsonValue(identity[place], value)),
	}))
}

/**
 * The rows that a plan has written. Each is claimed once: should two rows that differ to us be one to the database, the
 * first of them has written it. Most are claimed in the order in which they were written, and need no looking up.
 */
class WrittenRows {
	readonly #rows: readonly Written[]
	#next = 0
	#others: Map<string | number, Written> | undefined

	constructor(rows: readonly Written[]) {
		this.#rows = rows
	}

	get size(): number {
		return this.#rows.length
	}

	claim(id: string | number): Written | undefined {
		const next = this.#rows[this.#next]
		if (!this.#others && next && keyOf(next.identity) === id) {
			this.#next++
			return next
		}
		const own = this.get(id)
		this.#byId().delete(id)
		return own
	}

	get(id: string | number): Written | undefined {
		return this.#byId().get(id)
	}

	unclaimed(): Written[] {
		return [...this.#byId().values()]
	}

	#byId(): Map<string | number, Written> {
		this.#others ??= new Map(this.#rows.slice(this.#next).map((row) => [keyOf(row.identity), row]))
		return this.#others
	}
}

/** What tells a row that was read from others. */
function idOf({ identity }: TableInfo, values: readonly DriverValue[]): string | number {
	const [first] = identity
	// Most are one number, and an array of it costs more than all the rest.
	const only = first && identity.length === 1 ? values[first.index] : undefined
	return typeof only === 'number' ? only : keyOf(identity.map(({ index }) => values[index] ?? null))
}

function jsonValue(column: ColumnInfo | undefined, json: unknown): DriverValue {
	// Some clients give all integers as these.
	const scalar = typeof json === 'bigint' ? Number(json) : json
	return column && (typeof scalar === 'string' || typeof scalar === 'number')
		? column.codec.ofJson(scalar)
		: null
}

/** A key as what a Map tells apart: most are one number, and making text of it costs more than all the rest. */
function keyOf(values: readonly DriverValue[]): string | number {
	const [first] = values
	if (values.length === 1 && typeof first === 'number') return first
	return values
		.map((value) => (value instanceof ArrayBuffer ? hexOf(new Uint8Array(value)) : String(value)))
		.join('\0')
}
