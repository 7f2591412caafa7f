import { DatabaseError } from '../database/failure'
import type { DriverValue } from '../database/send'
import { BatchRefusedError, isRowError, type Refused, type RowError } from './errors'
import { formsOfCall } from './form'
import { outcomeOf, type Part, partsOf } from './parts'
import type { Ask, Bond, RowRequest } from './row-request'
import type { TableInfo } from './table'

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

/** Takes rows of one call to the database: their outcomes, in order. */
export type Submit = (requests: readonly RowRequest[]) => Promise<(Outcome | Undone)[]>

/**
 * What became of many rows, in order. They are independent, so that one that is refused never stops the others, unless
 * they are to be `atomic`: all or none.
 * @throws where they are, BatchRefusedError, and DatabaseError for what the database did not answer.
 */
export async function outcomesOf(
	table: TableInfo,
	asks: readonly Ask[],
	submit: Submit,
	{ atomic = false }: { atomic?: boolean | undefined } = {},
): Promise<Outcome[]> {
	const requests: RowRequest[] = []
	const forms = formsOfCall(table, asks)
	const asked = asks.map((ask, place): Part[] | RowError => {
		try {
			const parts = partsOf(table, ask, forms[place])
			requests.push(...bound(parts, requests.length, atomic ? 0 : place, atomic))
			return parts
		} catch (error) {
			if (isRowError(error)) return error
			throw error
		}
	})
	// What can't be done whole is not begun.
	const isHopeless = atomic && asked.some((parts) => !Array.isArray(parts))
	const submitted = isHopeless
		? requests.map((): Undone => ({ kind: 'undone' }))
		: await outcomesFrom(requests, submit)
	let next = 0
	const outcomes = asked.map((parts): Outcome | Undone => {
		if (!Array.isArray(parts)) return { kind: 'error', error: parts }
		const own = submitted.slice(next, (next += parts.length))
		return parts.length > 1 ? outcomeOf(parts, own) : required(own[0])
	})
	if (atomic) throwRefused(outcomes)
	return outcomes.map(done)
}

/** The requests of a row, the first of which is at `start` among those of the call. */
function bound(parts: readonly Part[], start: number, group: number, atomic: boolean): RowRequest[] {
	if (parts.length === 1 && !atomic) return parts.map(({ request }) => request)
	return parts.map(({ request, path, refersTo }) => {
		const bond: Bond = {
			group,
			...(path.length > 0 ? { isReferred: true } : {}),
			...(refersTo.length > 0 ? { refersTo: refersTo.map((place) => start + place) } : {}),
		}
		return { ...request, bond }
	})
}

function throwRefused(outcomes: readonly (Outcome | Undone)[]): void {
	const refused = outcomes.flatMap((outcome, index): Refused[] => {
		if (outcome.kind !== 'error') return []
		if (outcome.error instanceof DatabaseError) throw outcome.error
		return [{ index, error: outcome.error }]
	})
	if (refused.length > 0) throw new BatchRefusedError(refused)
}

function done(outcome: Outcome | Undone): Outcome {
	if (outcome.kind === 'undone') throw new Error('a row was undone without a reason')
	return outcome
}

/** A call that got no answer at all has failed for each of its rows. */
async function outcomesFrom(requests: RowRequest[], submit: Submit): Promise<(Outcome | Undone)[]> {
	if (requests.length === 0) return []
	try {
		return await submit(requests)
	} catch (error) {
		if (!(error instanceof DatabaseError)) throw error
		return requests.map(() => ({ kind: 'error', error }))
	}
}

/** The row of an outcome. @throws what stands in its place. */
export function rowOrThrow(outcome: Outcome | undefined): Extract<Outcome, { kind: 'row' }> {
	const known = required(outcome)
	if (known.kind === 'error') throw known.error
	return known
}

function required<O>(outcome: O | undefined): O {
	if (!outcome) throw new Error('a row without an outcome')
	return outcome
}
