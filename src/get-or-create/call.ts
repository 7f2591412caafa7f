import type { DatabaseError, Failure } from '../database/failure'
import type { Company } from './company'
import type { Outcome, Undone } from './outcome'
import type { PendingCall, Way } from './pending-call'
import { firstOf } from './plan-calls'
import type { RowRequest } from './row-request'

/** Rows asked for by one call: what has become of them so far, and how the rest goes next. Plain data. */
export interface Call {
	readonly requests: readonly RowRequest[]
	/** In their order; nothing for a row that has to go again. */
	readonly outcomes: (Outcome | Undone | undefined)[]
	way: Way
	/** See PendingCall. */
	suspects: Set<number> | undefined
	/** With nobody also after a transaction that was too much for a single request. */
	company: Company
	/** How many of its rows a transaction carries. */
	limit: number
	asBytes: boolean
	/** How an earlier try failed, which may have been committed. */
	doubt: Failure | undefined
	/** The names of the transactions that have carried rows with keys of it. */
	readonly tries: string[]
}

export function callOf(requests: readonly RowRequest[]): Call {
	return {
		requests,
		outcomes: requests.map(() => undefined),
		way: 'together',
		suspects: undefined,
		company: 'anyone',
		limit: Number.POSITIVE_INFINITY,
		asBytes: false,
		doubt: undefined,
		tries: [],
	}
}

/** Every row of the call has its outcome. */
export function isDone({ outcomes }: Call): boolean {
	return outcomes.every((outcome) => outcome !== undefined)
}

/** With whom it shares its next transaction: rows that go apart have each one of their own. */
export function companyOf({ way, company }: Call): Company {
	return way === 'apart' ? 'nobody' : company
}

/** What became of a call's rows; `otherwise` of those that have no outcome. */
export function outcomesOf({ outcomes }: Call, otherwise?: DatabaseError): (Outcome | Undone)[] {
	return outcomes.map((outcome) => {
		if (outcome) return outcome
		if (otherwise) return { kind: 'error', error: otherwise }
		throw new Error('a row without an outcome')
	})
}

/** The outcome of all rows of a call that have none yet. */
export function fillUp({ outcomes }: Call, outcome: Outcome | Undone): void {
	for (const [place, known] of outcomes.entries()) outcomes[place] = known ?? outcome
}

/** What a transaction carries of a call. */
export function pendingOf(
	{ requests, outcomes, way, suspects, limit, doubt }: Call,
	call: number,
): PendingCall {
	const pending = outcomes.flatMap((outcome, place) => (outcome ? [] : [place]))
	const places = firstOf(requests, pending, limit)
	// What may have been done is asked for otherwise.
	const sharesPlans = places.length === 1 && doubt === undefined
	return { call, requests, places, way, suspects, sharesPlans }
}
