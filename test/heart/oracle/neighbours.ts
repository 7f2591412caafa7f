import { getTableName } from 'drizzle-orm'
import * as fc from 'fast-check'
import type { Twins } from '../../support/kinds'
import type { Json, Kind } from '../../support/kinds/kind'
import { fresh } from '../../support/service'
import { differenceOfOutcomes, differenceOfTables, emptyTables } from './compare'
import { historyOf } from './history'
import type { Outcome, Row } from './outcome'
import { Renaming } from './renaming'
import { type App, sendSingly, sendTogether } from './send'
import type { Move, Step } from './step'

/** Of each caller. */
const MAX_MOVES = 2

/** What each of some callers asks, of a table where none of them names another's rows. */
export function neighboursOf(kind: Kind): fc.Arbitrary<Move[][]> {
	return fc.array(historyOf(withoutIds(kind), MAX_MOVES), { minLength: 2, maxLength: 3 })
}

/** Nobody can say whose an id will be that is yet to be made up. */
function withoutIds(kind: Kind): Kind {
	const { values, by, madeUp = {} } = kind
	return {
		...kind,
		values: Object.fromEntries(Object.entries(values).filter(([column]) => !(column in madeUp))),
		by: by.filter((columns) => !columns.some((column) => column in madeUp)),
	}
}

interface Answer {
	step: Step
	key: string | undefined
	together: Outcome[]
}

/**
 * Lets callers send their histories' rows to the one table at the same time, each of them together, and then to its twin
 * caller by caller and row by row: what differs, in words.
 */
export async function replayNeighbours(
	app: App,
	twins: Twins,
	histories: readonly Move[][],
): Promise<string | undefined> {
	await emptyTables(twins)
	const prefix = fresh('n')
	const answers = await Promise.all(
		histories.map((history, caller) =>
			ask(app, twins, stepsOf(history, twins.kind, caller), `${prefix}-${caller}`),
		),
	)
	const renaming = new Renaming(twins.kind.madeUp)
	for (const { step, key, together } of answers.flat()) {
		const single = await sendSingly(app, getTableName(twins.single), step, key)
		const difference = differenceOfOutcomes(renaming, { step, asked: step.rows, together, single })
		if (difference !== undefined) return difference
	}
	return await differenceOfTables(renaming, twins)
}

async function ask(app: App, twins: Twins, steps: readonly Step[], prefix: string): Promise<Answer[]> {
	const answers: Answer[] = []
	for (const step of steps) {
		const key = step.key === undefined ? undefined : `${prefix}-${step.key}`
		answers.push({ step, key, together: await sendTogether(app, getTableName(twins.together), step, key) })
	}
	return answers
}

/** A history of the caller's own rows. */
function stepsOf(history: readonly Move[], { apart }: Kind, caller: number): Step[] {
	const steps: Step[] = []
	for (const move of history) {
		const step = 'again' in move ? steps.at(-1 - move.again) : 'deleted' in move ? undefined : own(move)
		if (step) steps.push(step)
	}
	return steps

	function own(step: Step): Step {
		return { ...step, rows: step.rows.map(ownRow) }
	}

	function ownRow(row: Row): Row {
		const entries = Object.entries(row).map(([column, value]): [string, Json] => [
			column,
			apart.includes(column) ? ownValue(value, caller + 1) : value,
		])
		return Object.fromEntries(entries)
	}
}

function ownValue(value: Json, caller: number): Json {
	if (typeof value === 'number') return Number(`${caller}${value}`)
	return typeof value === 'string' ? `${caller}${value}` : value
}
