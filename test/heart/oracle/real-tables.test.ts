import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { twinsOf } from '../../support/kinds'
import { useDatabase } from '../../support/use-database'
import { appOf } from './app'
import { historyOf } from './history'
import { replay } from './replay'
import { counterexample, NO_TIMEOUT } from './run'
import { refused, served } from './served'

useDatabase(inject('allKindsUrl'))

/** Tables without a key. */
const REFUSED = 5
/** In a run that is not to be long, others with each seed. */
const TABLES = 12

const { seed, runs } = inject('oracle')
const size = runs > 1000 ? served.length : TABLES
const [sample = []] = fc.sample(fc.shuffledSubarray(served, { minLength: size, maxLength: size }), {
	seed,
	numRuns: 1,
})
const app = appOf(sample.map(twinsOf))

describe('tables of public projects', () => {
	it('are refused at start only where no key decides', () => {
		expect(refused).toBe(REFUSED)
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
