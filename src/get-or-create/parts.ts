import { type Fault, faultAt, InvalidRowError, isRowError, type RowError, referredError } from './errors'
import type { Form } from './form'
import type { KeyPart } from './idempotency'
import type { DoneRow, Outcome, Undone } from './outcome'
import { Reference } from './reference'
import { type Ask, type RowRequest, rowRequest } from './row-request'
import { type ColumnInfo, type TableInfo, valueIn } from './table'

// A row that holds others is several requests of its call: those of the rows that it refers to, and then its own.

/** One of the requests of a row. */
export interface Part {
	request: RowRequest
	/** The columns that lead to it; none for the row itself, which comes last. */
	path: readonly ColumnInfo[]
	/** The parts that it refers to, by their places. */
	refersTo: readonly number[]
}

/** More in one row than anybody means is a mistake, which should not keep the others waiting. */
const MAX_PARTS = 100

/**
 * The requests of one row, in the order in which they are done.
 * @throws as rowRequest does, of the row and of all that it holds at once.
 */
export function partsOf(table: TableInfo, ask: Ask, form?: Form): Part[] {
	const parts: Part[] = []
	addParts(parts, table, ask, [], form)
	return parts

	function addParts(
		to: Part[],
		of: TableInfo,
		asked: Ask,
		path: readonly ColumnInfo[],
		known?: Form,
	): number {
		const faults: Fault[] = [...(asked.faults ?? [])]
		const refersTo: number[] = []
		for (const column of of.columns) {
			const value = valueIn(asked.row, column)
			if (!(value instanceof Reference)) continue
			try {
				if (to.length >= MAX_PARTS) throw tooMany(column)
				const inner = [...path, column]
				refersTo.push(addParts(to, value.table, askFor(value, table, inner, ask.key), inner))
			} catch (error) {
				const own = isRowError(error) ? referredError(error, column) : error
				if (!(own instanceof InvalidRowError)) throw own
				faults.push(...own.faults)
			}
		}
		const request = rowRequest(of, faults.length > 0 ? { ...asked, faults } : asked, known)
		return to.push({ request, path, refersTo }) - 1
	}
}

function askFor(
	{ row, by, faults }: Reference,
	{ name }: TableInfo,
	path: readonly ColumnInfo[],
	key: KeyPart | undefined,
): Ask {
	// No key of a caller's has a new line in it.
	const place = [name, ...path.map(({ property }) => property)].join('/')
	return {
		verb: 'get-or-create',
		row,
		by,
		faults,
		key: key && { ...key, key: `${place}\n${key.key}` },
	}
}

function tooMany(column: ColumnInfo): InvalidRowError {
	return new InvalidRowError([
		faultAt(column, `is one row too many: a row holds at most ${MAX_PARTS} others`),
	])
}

/** What became of a row, from what became of its parts: where one was refused, so was the row. */
export function outcomeOf(parts: readonly Part[], outcomes: readonly (Outcome | Undone)[]): Outcome | Undone {
	const refused = parts.flatMap(({ path }, place) => {
		const outcome = outcomes[place]
		return outcome?.kind === 'error' ? { ...outcome, error: at(path, outcome.error) } : []
	})
	const [first] = refused
	if (first) {
		const errors = refused.map(({ error }) => error)
		const invalid = errors.flatMap((error) => (error instanceof InvalidRowError ? [error] : []))
		if (errors.length === 1 || invalid.length < errors.length) return first
		return { ...first, error: new InvalidRowError(invalid.flatMap(({ faults }) => faults)) }
	}
	const done: DoneRow[] = []
	for (const [place, { refersTo, path }] of parts.entries()) {
		const outcome = outcomes[place]
		if (outcome?.kind !== 'row') return { kind: 'undone' }
		const references = new Map(
			refersTo.flatMap((each) => {
				const [column, row] = [parts[each]?.path[path.length], done[each]]
				return column && row ? [[column.property, row]] : []
			}),
		)
		done.push(references.size > 0 ? { ...outcome, references } : outcome)
	}
	return done.at(-1) ?? { kind: 'undone' }
}

/** An error of a row that is referred to, as one of the row that holds it. */
function at<E>(path: readonly ColumnInfo[], error: E | RowError): E | RowError {
	return isRowError(error) ? path.reduceRight<RowError>(referredError, error) : error
}
