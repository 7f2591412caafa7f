import { DatabaseError } from '../database/failure'
import type { DriverValue } from '../database/send'
import { isRowError, type RowError } from './errors'
import { formsOfCall } from './form'
import { type Ask, type RowRequest, rowRequest } from './row-request'
import type { TableInfo } from './table'

/** What became of one row; `replayed` where a request that came before, under the same key, has done it. */
export type Outcome = { replayed?: boolean | undefined } & (
	| {
			kind: 'row'
			/** The row as it is after its transaction, in the order of the table's columns. */
			values: DriverValue[]
			created: boolean
			updated: boolean
	  }
	/** Refused, or not answered by the database. */
	| { kind: 'error'; error: RowError | DatabaseError }
)

/** Takes rows of one call to the database: their outcomes, in order. */
export type Submit = (requests: readonly RowRequest[]) => Promise<Outcome[]>

/** What became of many rows, in order. They are independent: one that is refused here never stops the others. */
export async function outcomesOf(table: TableInfo, asks: readonly Ask[], submit: Submit): Promise<Outcome[]> {
	const requests: RowRequest[] = []
	const forms = formsOfCall(table, asks)
	const refused = asks.map((ask, place): RowError | undefined => {
		try {
			requests.push(rowRequest(table, ask, forms[place]))
			return undefined
		} catch (error) {
			if (isRowError(error)) return error
			throw error
		}
	})
	const submitted = (await outcomesFrom(requests, submit)).values()
	return refused.map((error) => (error ? { kind: 'error', error } : required(submitted.next().value)))
}

/** A call that got no answer at all has failed for each of its rows. */
async function outcomesFrom(requests: RowRequest[], submit: Submit): Promise<Outcome[]> {
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

function required(outcome: Outcome | undefined): Outcome {
	if (!outcome) throw new Error('a row without an outcome')
	return outcome
}
