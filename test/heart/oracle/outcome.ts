import type { Json } from '../../support/kinds/kind'

export type Row = Record<string, Json>

/** What a caller is told of one row, without what may differ from answer to answer. */
export type Outcome = { row: Row; created: boolean; updated?: boolean } | { problem: Told }

export interface Told {
	slug: string
	status: number
	/** The keys that others hold, and the places that are wrong: both in no order. */
	conflicts: string[]
	pointers: string[]
	/** What would do as a unique key. */
	keys: Json
}

interface Problem {
	type: string
	status: number
	conflicts?: { key: string[]; differs: string[] }[]
	errors?: { pointer: string }[]
	keys?: Json
}

/** An item of an array, a line of a stream, or the body of the answer to a single row. */
export type Item = { row: Row; created: boolean; updated?: boolean } | { problem: Problem } | Problem

export function outcomeOf(item: Item): Outcome {
	if ('row' in item) return item
	const problem = 'problem' in item ? item.problem : item
	const { type, status, conflicts = [], errors = [], keys = null } = problem
	return {
		problem: {
			slug: type.replace('/problems/', ''),
			status,
			conflicts: conflicts
				.map(({ key, differs }) => `${key.toSorted().join()} differs in ${differs.toSorted().join()}`)
				.toSorted(),
			pointers: errors.map(({ pointer }) => pointer).toSorted(),
			keys,
		},
	}
}

export function isFailure(outcome: Outcome): boolean {
	return 'problem' in outcome && outcome.problem.status >= 500
}
