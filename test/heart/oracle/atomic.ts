import { env } from 'cloudflare:workers'
import { getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { context } from '../../support/context'
import type { Twins } from '../../support/kinds'
import { database, fresh } from '../../support/service'
import { differenceOfOutcomes, differenceOfTables, emptyTables, rowsOf } from './compare'
import { type Item, isFailure, type Outcome, outcomeOf } from './outcome'
import { Renaming } from './renaming'
import { type App, sendSingly } from './send'
import { queryOf, type Step } from './step'

// Rows that are done all or none, held against the same rows asked one by one: where each of these is done the answers
// are the same, and else those that were refused are refused for the same, and nothing was written.

type Answer = Outcome[] | { refused: { index: number; outcome: Outcome }[] } | { failed: Outcome }

/** What is otherwise, of one step that is sent as it is and of one after it that is sent to be done all or none. */
export async function replayAtomic(
	app: App,
	twins: Twins,
	[before, step]: [Step, Step],
): Promise<string | undefined> {
	await emptyTables(twins)
	const [together, single] = [getTableName(twins.together), getTableName(twins.single)]
	const renaming = new Renaming(twins.kind.madeUp)
	const given = await sendSingly(app, together, before)
	const same = await sendSingly(app, single, before)
	const first = differenceOfOutcomes(renaming, {
		step: before,
		asked: before.rows,
		together: given,
		single: same,
	})
	if (first !== undefined || step.rows.length === 0) return first
	const key = step.key === undefined ? undefined : fresh('atomic')
	const old = await storedIn(twins.together)
	const answer = await sendAtomic(app, together, step, key)
	const outcomes = await sendSingly(app, single, { ...step, form: { as: 'array', cuts: [] } })
	if (Array.isArray(answer)) {
		const answered = { step, asked: step.rows, together: answer, single: outcomes }
		const difference = differenceOfOutcomes(renaming, answered) ?? (await differenceOfTables(renaming, twins))
		if (difference !== undefined || key === undefined) return difference
		const again = await sendAtomic(app, together, step, key)
		const isSame = Array.isArray(again) && again.every((each, i) => 'row' in each && isAlike(each, answer[i]))
		return isSame ? undefined : `repeated: ${JSON.stringify(again)} after ${JSON.stringify(answer)}`
	}
	const told = `${JSON.stringify(step)}\natomic: ${JSON.stringify(answer)}\nsingly: ${JSON.stringify(outcomes)}`
	if ((await storedIn(twins.together)) !== old) return `something was written: ${told}`
	const expected = outcomes.flatMap((outcome, index) => ('problem' in outcome ? [{ index, outcome }] : []))
	if ('failed' in answer) {
		const isWhole = expected.length === outcomes.length && !isFailure(answer.failed)
		return isWhole && JSON.stringify(answer.failed) === JSON.stringify(expected[0]?.outcome)
			? undefined
			: told
	}
	const places = new Set(answer.refused.map(({ index }) => index))
	const isInvalid = ({ outcome }: { outcome: Outcome }) =>
		'problem' in outcome && outcome.problem.status === 422
	const isKnown = expected.length === places.size || answer.refused.every(isInvalid)
	const isTrue =
		JSON.stringify(answer.refused) === JSON.stringify(expected.filter(({ index }) => places.has(index)))
	return isTrue && isKnown && places.size > 0 ? undefined : told
}

function isAlike(one: Outcome, other: Outcome | undefined): boolean {
	if (!other || 'problem' in one || 'problem' in other) return false
	return one.created === other.created && one.updated === other.updated
}

async function sendAtomic(app: App, table: string, step: Step, key: string | undefined): Promise<Answer> {
	const query = queryOf(step)
	const response = await app.request(
		`/${table}${query}${query ? '&' : '?'}atomic=true`,
		{
			method: step.method,
			headers: {
				authorization: 'Bearer first-token',
				'content-type': 'application/json',
				...(key ? { 'idempotency-key': key } : {}),
			},
			body: JSON.stringify(step.rows),
		},
		env,
		context,
	)
	const body: Item[] | (Item & { refused?: { index: number; problem: Item }[] }) = await response.json()
	if (Array.isArray(body)) return body.map(outcomeOf)
	if (!body.refused) return { failed: outcomeOf(body) }
	return {
		refused: body.refused.map(({ index, problem }) => ({ index, outcome: outcomeOf(problem) })),
	}
}

async function storedIn(table: SQLiteTable): Promise<string> {
	const { rows } = await database().$client.execute(rowsOf(table))
	return JSON.stringify(rows)
}
