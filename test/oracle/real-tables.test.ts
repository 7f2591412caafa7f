import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { twinsOf } from '../support/kinds'
import type { Kind } from '../support/kinds/kind'
import { realKinds } from '../support/real-tables'
import { appOf } from './app'
import { historyOf } from './history'
import { replay } from './replay'
import { counterexample, NO_TIMEOUT } from './run'

/** How many of the tables have no key that the service can decide by. Fewer are better. */
const REFUSED = 142

const TABLES = 12

const served = realKinds.filter(isServed)
const { seed, runs } = inject('oracle')
const size = runs > 1000 ? served.length : TABLES
const [sample = []] = fc.sample(fc.shuffledSubarray(served, { minLength: size, maxLength: size }), {
	seed,
	numRuns: 1,
})
const app = appOf(sample.map((kind) => twinsOf(kind)))

function isServed(kind: Kind): boolean {
	try {
		appOf([twinsOf(kind)])
		return true
	} catch {
		return false
	}
}

describe('tables of public projects', () => {
	it('are refused at start only where no key decides', () => {
		expect(realKinds.length - served.length).toBeLessThanOrEqual(REFUSED)
	})
})

describe.each(sample)('rows of the public $name', { timeout: NO_TIMEOUT }, (kind) => {
	it('become together what they become one by one, in order', async () => {
		const twins = twinsOf(kind)
		const share = 0.2 / sample.length
		const found = await counterexample(historyOf(kind), share, (moves) => replay(app, twins, moves))
		expect(found).toBe('')
	})
})
