import type { DatabaseError } from '../database/failure'
import { type Conflict, ConflictError, type Fault, InvalidRowError } from './errors'
import type { DriverValue } from './table'

/** What became of one row: plain data. */
export type Outcome =
	/** The row as it is after the transaction, in the order of the table's columns. */
	| { kind: 'row'; values: DriverValue[]; created: boolean; updated: boolean }
	| { kind: 'conflict'; conflicts: Conflict[] }
	| { kind: 'invalid'; faults: Fault[] }
	/** The database gave no answer that could be passed on. */
	| { kind: 'failed'; error: DatabaseError }

/** The row of an outcome. @throws what stands in its place, as the error that the one who asked alone is told. */
export function rowOrThrow(outcome: Outcome | undefined): Extract<Outcome, { kind: 'row' }> {
	switch (outcome?.kind) {
		case 'row':
			return outcome
		case 'conflict':
			throw new ConflictError(outcome.conflicts)
		case 'invalid':
			throw new InvalidRowError(outcome.faults)
		case 'failed':
			throw outcome.error
		case undefined:
			throw new Error('a row without an outcome')
	}
}
