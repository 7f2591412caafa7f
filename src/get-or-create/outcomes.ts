import { DatabaseError } from '../database/failure'
import { BatchRefusedError, isRowError, type Refused, type RowError } from './errors'
import { formsOfCall } from './form'
import { type Outcome, required, type Undone } from './outcome'
import { outcomeOf, type Part, partsOf } from './parts'
import type { Ask, Bond, RowRequest } from './row-request'
import type { TableInfo } from './table'

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
			requests.push(...bound(parts, requests.length, place, atomic))
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

/** The requests of the row at `place`, the first of which is at `start` among those of the call. */
function bound(parts: readonly Part[], start: number, place: number, atomic: boolean): RowRequest[] {
	if (parts.length === 1 && !atomic) return parts.map(({ request }) => request)
	return parts.map(({ request, path, refersTo }) => {
		const bond: Bond = {
			...(atomic ? { group: 0, row: place } : { group: place }),
			...(path.length > 0 ? { isReferred: true } : {}),
			...(refersTo.length > 0 ? { refersTo: refersTo.map((each) => start + each) } : {}),
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
