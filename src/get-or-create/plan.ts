import type { RowRequest } from './row-request'
import type { Shape } from './shape'

/** Rows of one shape that share statements. Plans of one transaction run in their order. */
export interface Plan {
	shape: Shape
	rows: PlannedRow[]
	/** The plans, by their places, that have to go well before this one: the rows of a call keep their order. */
	after: readonly number[]
	/** Plans with the same one are done all or none: it is the place of the first of them. */
	group: number | undefined
	/** Plans of a group with the same one are of one row: where it is refused, nothing of it is in the way of the next. */
	row: number | undefined
	/**
	 * Plans that follow each other and have the same one are tried together: nothing remains of them where one of their rows
	 * is refused, and these go again, one by one. It is the place of the first of them.
	 */
	trial: number | undefined
	/** Its rows stand or fall with others. */
	isBound: boolean
	/** It is of one row, and what that is refused for is no other's. */
	isOneByOne: boolean
}

export interface PlannedRow {
	/** Of several who add to the same row it adds their sum: see summands.ts. */
	request: RowRequest
	/**
	 * Who asks for it: the first may be its creator, its twins find it there. Twins under one Idempotency-Key are the
	 * same request twice, and get the same answer.
	 */
	askers: [first: Asker, ...twins: Asker[]]
}

/** A row of a call. */
export interface Asker {
	call: number
	/** Its place among the rows of its call. */
	place: number
}
