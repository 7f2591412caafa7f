import type { DatabaseError } from '../database/failure'
import type { DriverValue } from '../database/send'
import type { RowError } from './errors'

/** What became of one row; `replayed` where a request that came before, under the same key, has done it. */
export type Outcome = { replayed?: boolean | undefined } & (
	| DoneRow
	/** Refused, or not answered by the database. */
	| { kind: 'error'; error: RowError | DatabaseError }
)

/** A row that is there. */
export interface DoneRow {
	kind: 'row'
	/** The row as it is after its transaction, in the order of the table's columns. */
	values: DriverValue[]
	created: boolean
	updated: boolean
	/** What became of the rows that it was given as references, by the properties of their columns. */
	references?: ReadonlyMap<string, DoneRow>
}

/** Of a row that was not refused itself, but stands or falls with one that was: nothing of it remains. */
export interface Undone {
	kind: 'undone'
}

/** The row of an outcome. @throws what stands in its place. */
export function rowOrThrow(outcome: Outcome | undefined): Extract<Outcome, { kind: 'row' }> {
	const known = required(outcome)
	if (known.kind === 'error') throw known.error
	return known
}

export function required<O>(outcome: O | undefined): O {
	if (!outcome) throw new Error('a row without an outcome')
	return outcome
}
