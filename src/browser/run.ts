import type { Runners } from './runners'

/** What a caller was told. */
export type Answer =
	| { kind: 'created' | 'existing' }
	| { kind: 'error'; what: string }
	/** Nobody would be let in: the others need not ask. */
	| { kind: 'unauthorized'; what: string }

/** One request: who asked, from when to when in milliseconds since the race began, and what came of it. */
export interface Shot {
	caller: number
	from: number
	to: number
	/** `double`: it made a row that another had made. */
	kind: 'created' | 'existing' | 'error' | 'double'
	what?: string
}

export class Refused extends Error {}

/**
 * Lets all callers ask, one at a time from each place, and tells of each answer as it comes.
 * @throws Refused where nobody is let in.
 */
export async function run(
	{ rows, asks }: Runners,
	places: readonly string[],
	ask: (row: Record<string, unknown>, place: string) => Promise<Answer>,
	tell: (shot: Shot) => void,
): Promise<void> {
	const began = performance.now()
	const made = new Set<number>()
	const waiting = asks.entries()
	const askFrom = async (place: string) => {
		for (const [caller, row] of waiting) {
			const from = performance.now() - began
			const answer = await ask(rows[row] ?? {}, place)
			const to = performance.now() - began
			if (answer.kind === 'unauthorized') throw new Refused(answer.what)
			const isDouble = answer.kind === 'created' && made.has(row)
			if (answer.kind === 'created') made.add(row)
			tell({ caller, from, to, ...answer, ...(isDouble ? { kind: 'double' } : {}) })
		}
	}
	await Promise.all(places.map(askFrom))
}

/** The time within which this share of the answers came, from 0 to 1. */
export function percentile(times: readonly number[], share: number): number {
	const sorted = times.toSorted((a, b) => a - b)
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}
