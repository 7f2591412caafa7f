import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { kinds, twinsOf } from '../../support/kinds'
import { useDatabase } from '../../support/use-database'
import { appOf } from './app'
import { replayAtomic } from './atomic'
import { historyOf, longStepsOf, stepOf } from './history'
import { neighboursOf, replayNeighbours } from './neighbours'
import { replay } from './replay'
import { counterexample, NO_TIMEOUT } from './run'

useDatabase(inject('kindsUrl'))

const app = appOf(kinds.map(twinsOf))

describe.each(kinds)('rows of the kind $name', { timeout: NO_TIMEOUT }, (kind) => {
	const twins = twinsOf(kind)

	it('become together what they become one by one, in order', async () => {
		const share = 1 / kinds.length
		const found = await counterexample(historyOf(kind), share, (moves) => replay(app, twins, moves))
		expect(found).toBe('')
	})

	it('become, all or none, what they become one by one', async () => {
		const steps = fc.tuple(stepOf(kind), stepOf(kind))
		const share = 0.5 / kinds.length
		const found = await counterexample(steps, share, (each) => replayAtomic(app, twins, each))
		expect(found).toBe('')
	})

	it('become the same where they are many', async () => {
		const share = 0.2 / kinds.length
		const steps = longStepsOf(kind)
		expect(await counterexample(steps, share, (each) => replay(app, twins, each))).toBe('')
		expect(await counterexample(steps, share, (each) => replayAtomic(app, twins, each))).toBe('')
	})
})

describe.each(kinds.filter(({ apart }) => apart.length > 0))(
	'rows of the kind $name',
	{ timeout: NO_TIMEOUT },
	(kind) => {
		const twins = twinsOf(kind)

		it('become beside those of others what they become alone', async () => {
			const share = 0.25 / kinds.length
			const found = await counterexample(neighboursOf(kind), share, (histories) =>
				replayNeighbours(app, twins, histories),
			)
			expect(found).toBe('')
		})
	},
)
