import { classify, DatabaseError, type Said } from '../database/failure'
import { type Rows, saidError } from '../database/send'
import { type Conflict, ConflictError, type Fault, faultAt, InvalidRowError } from './errors'
import type { Outcome } from './outcome'
import { unknownColumn } from './proof'
import type { Shape } from './shape'
import type { Step } from './statements'
import type { ColumnInfo } from './table'
import { sumOf } from './ways'

/** The outcome of a row that was refused, or not answered. */
export type RefusedOutcome = Extract<Outcome, { kind: 'error' }>

/**
 * What it means for its caller that the database refused one row, read from the database's words. `step` is the statement
 * that it refused, nothing for COMMIT; `why` tells what of the row is to blame: see `whyOf`.
 */
export function refusalOf(
	shape: Shape,
	step: Step | undefined,
	said: Said,
	why: Rows | undefined,
): RefusedOutcome {
	const error = classify(saidError(said))
	if (error.failure !== 'constraint') return { kind: 'error', error }
	const isCheck = step === 'checkUpdated' || step === 'checkInserted'
	const { table } = shape
	const [, kind, subject = ''] =
		/(NOT NULL|CHECK|FOREIGN KEY|UNIQUE) constraint failed(?:: (.*))?$/.exec(said.message) ?? []
	if (isCheck || kind === 'FOREIGN KEY') return orphan(shape, why)
	if (kind === 'NOT NULL') {
		const column = table.columns.find(({ name }) => subject === `${table.name}.${name}`)
		if (column) return invalid(faultAt(column, 'must not be null'))
		// A column that nobody can give: no fault of the row.
		if (subject.startsWith(`${table.name}.`)) {
			return { kind: 'error', error: new DatabaseError('unproven', unknownColumn(subject)) }
		}
		return invalid(atRow('must not hold null'))
	}
	if (kind === 'UNIQUE') return { kind: 'error', error: new ConflictError(conflictsOver(shape, subject)) }
	// Without a name it is told by its expression, which is SQL.
	if (kind === 'CHECK' && table.checks.has(subject)) {
		return invalid(atRow(`breaks the rule "${subject.replaceAll('_', ' ')}"`))
	}
	const beyond =
		step === 'update' ? placesIn(why, 'column').flatMap((place) => table.columns[place] ?? []) : []
	return beyond.length > 0 ? invalid(...beyond.map(beyondRange)) : ruledOut()
}

/** Nothing stands in the way, and yet it isn't there: a trigger passed over it (RAISE(IGNORE)), or undid it. */
export function ruledOut(): RefusedOutcome {
	return invalid(atRow('is refused by a rule of the table'))
}

/** Not there, and what an insert needs is missing. */
export function unmade({ table, slots }: Shape): Outcome {
	const missing = table.columns.filter(
		(column) => column.required && !slots.some((slot) => slot.column === column),
	)
	return invalid(
		...missing.map((column) => faultAt(column, 'is missing, and there is no such row yet to update')),
	)
}

/** The places of these in what `whyOf` tells. */
function placesIn(why: Rows = [], kind: 'parent' | 'column'): number[] {
	return why.flatMap(([of, place]) => (of === kind ? Number(place) : []))
}

function beyondRange(column: ColumnInfo): Fault {
	return faultAt(
		column,
		`added to what is stored would be beyond what the column holds: ${sumOf(column).range}`,
	)
}

function orphan({ table }: Shape, why: Rows | undefined): RefusedOutcome {
	const places = placesIn(why, 'parent')
	const columns = new Set(places.flatMap((place) => table.parents[place]?.columns ?? []))
	if (columns.size === 0) return invalid(atRow('would leave a row without the row that it refers to'))
	return invalid(...[...columns].map((column) => faultAt(column, 'refers to a row that does not exist')))
}

/** A key that could not be told beforehand, by its columns as SQLite lists them; an index over an expression has none. */
function conflictsOver({ table, by }: Shape, subject: string): Conflict[] {
	const names = subject.split(', ')
	const key = table.keys.find(
		({ columns }) =>
			columns.length === names.length && columns.every(({ name }) => names.includes(`${table.name}.${name}`)),
	)
	if (!key) return []
	return [
		{
			key: key.columns.map(({ property }) => property),
			// Which of several differ only the other row could tell.
			differs: by.length === 1 ? by.map(({ property }) => property) : [],
		},
	]
}

function invalid(...faults: Fault[]): RefusedOutcome {
	return { kind: 'error', error: new InvalidRowError(faults) }
}

function atRow(detail: string): Fault {
	return { pointer: '', detail }
}
