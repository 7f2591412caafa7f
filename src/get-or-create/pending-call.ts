import type { RowRequest } from './row-request'

/**
 * How rows go: `together` in as few statements as may be; `one-by-one` after one of them was refused, so that each row has
 * its own answer; `apart`, each in a transaction of its own, after one of them ended the transaction for all.
 */
export type Way = 'together' | 'one-by-one' | 'apart'

/** Rows of one call, in their order. */
export interface PendingCall {
	/** Its place among the calls of the transaction. */
	call: number
	places: readonly number[]
	requests: readonly RowRequest[]
	way: Way
	/** Rows, by their places, among whom one was refused where a few were tried together; unset until that was done. */
	suspects: ReadonlySet<number> | undefined
	/** It may stand in statements with rows of other calls. */
	sharesPlans: boolean
}
