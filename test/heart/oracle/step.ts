import type { Row } from './outcome'

/** How the rows of a step are sent, where they are sent together: arrays and a stream are cut somewhere. */
export interface Form {
	as: 'array' | 'arrays' | 'stream'
	cuts: number[]
}

/** The same request about some rows. */
export interface Step {
	method: 'POST' | 'PUT'
	by?: readonly string[] | undefined
	/** How an update changes columns, by the name of its parameter. */
	ways?: Readonly<Record<string, readonly string[]>> | undefined
	rows: Row[]
	form: Form
	/** Its Idempotency-Key, one of a few, so that they meet. */
	key?: number | undefined
}

/** A step, or that an earlier one is repeated, counted back from it, or that a row is deleted. */
export type Move = Step | { again: number } | { deleted: number }

/** The requests that a step is sent in, each with its rows. */
export function requestsOf({ form, rows }: Step): Row[][] {
	if (rows.length === 0) return []
	if (form.as !== 'arrays') return [rows]
	const cuts = [...new Set(form.cuts.map((cut) => cut % rows.length))].toSorted((a, b) => a - b)
	const starts = [0, ...cuts.filter((cut) => cut > 0)]
	return starts.map((start, i) => rows.slice(start, starts[i + 1]))
}

export function queryOf({ by, ways }: Step): string {
	const lists = Object.entries({ ...(by && { by }), ...ways })
	return lists.length > 0 ? `?${lists.map(([name, columns]) => `${name}=${columns.join()}`).join('&')}` : ''
}
