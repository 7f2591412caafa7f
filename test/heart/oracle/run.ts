import * as fc from 'fast-check'
import { inject, vi } from 'vitest'

/** After that, the smallest counterexample so far is told. */
const LOOKING_MS = 60_000
/** Only that bounds a test. */
export const NO_TIMEOUT = 24 * 60 * 60 * 1000

/**
 * Looks for a counterexample in a share of the histories that a run has, or for that which the settings name.
 * Tells what it is, with the seed and the path that lead there; nothing where there is none.
 */
export async function counterexample<T>(
	histories: fc.Arbitrary<T>,
	share: number,
	differenceIn: (history: T) => Promise<string | undefined>,
): Promise<string> {
	// The service's log of thousands of requests would hide what is told of the one that matters.
	for (const name of ['log', 'error'] as const) vi.spyOn(console, name).mockImplementation(() => undefined)
	const { runs, seed, path } = inject('oracle')
	const property = fc.asyncProperty(histories, async (history) => {
		const difference = await differenceIn(history)
		if (difference !== undefined) throw new Error(difference)
	})
	const details = await fc.check(property, {
		numRuns: Math.ceil(runs * share),
		seed,
		...(path === undefined ? {} : { path }),
		...(runs > 1000 ? {} : { interruptAfterTimeLimit: LOOKING_MS }),
	})
	if (!details.failed) return ''
	const { errorInstance } = details
	const difference = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
	return `${difference}\n\n${await fc.asyncDefaultReportMessage(details)}`
}
