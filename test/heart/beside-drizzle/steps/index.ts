import { beforeEach, describe, vi } from 'vitest'
import type { Bench } from '../bench'
import type { PlainDrizzle } from '../plain'
import type { Service } from '../service'
import type { Subject } from '../subject'
import { functionsDoTheSame } from './calling'
import { refusesRivals } from './conflicting'
import { answersAsDocumented } from './documenting'
import { findsWhatDrizzleWrote } from './finding'
import { makesAsDrizzleDoes } from './making'
import { answersManyAsOneByOne } from './many'
import { tellsRepeatsTheSame } from './repeating'
import { updatesAsDrizzleDoes } from './updating'

const STEPS = [
	makesAsDrizzleDoes,
	findsWhatDrizzleWrote,
	updatesAsDrizzleDoes,
	answersManyAsOneByOne,
	tellsRepeatsTheSame,
	refusesRivals,
	answersAsDocumented,
	functionsDoTheSame,
]

/** What another key of the same table may change. */
const STEPS_OF_A_KEY = [makesAsDrizzleDoes, findsWhatDrizzleWrote, updatesAsDrizzleDoes, refusesRivals]

/**
 * Asks for the rows of every table in every way, and holds what becomes of them to what plain Drizzle makes of them.
 * Of one table after the other, of different ones at the same time.
 */
export function describeBesideDrizzle(
	service: Service,
	plain: PlainDrizzle,
	subjects: readonly Subject[],
	more: readonly ((bench: Bench) => void)[] = [],
): void {
	vi.setConfig({ maxConcurrency: subjects.length })
	describe.each(subjects)('rows of $name', { concurrent: true }, (subject) => {
		describe.each(subject.ways)('by $by', { concurrent: false }, (way) => {
			beforeEach(async () => {
				await plain.empty(subject)
			})
			const bench = { service, plain, subject, way }
			for (const declare of way === subject.ways[0] ? [...STEPS, ...more] : STEPS_OF_A_KEY) declare(bench)
		})
	})
}
