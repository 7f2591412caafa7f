import type { RowRequest } from './row-request'

/** Rows of one call, in their order. */
export interface PendingCall {
	/** Its place among the calls of the transaction. */
	call: number
	places: readonly number[]
	requests: readonly RowRequest[]
	/** Each row by itself: what one of them is refused for is no other's. */
	oneByOne: boolean
	/** It may stand in statements with rows of other calls. */
	sharesPlans: boolean
}
