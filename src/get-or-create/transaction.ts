import { classify } from '../database/failure'
import { type Batch, type Sent, send } from '../database/send'
import { type Call, callOf, isDone, outcomesOf, pendingOf } from './call'
import type { Manner } from './conditions'
import { overItems } from './items'
import { orderOf } from './order'
import type { Outcome, Undone } from './outcome'
import type { Plan } from './plan'
import { planCalls } from './plan-calls'
import { type PlanStatements, PlanUnits } from './plan-units'
import type { Proofs } from './proof'
import { readIdentified } from './read-row'
import { ruledOut } from './refusal'
import { regroup } from './regroup'
import { rowOf } from './results'
import type { RowRequest } from './row-request'
import { type Changed, type RanPlan, refuseAll, settle, settleAll } from './settle'
import { isRepeatable, statementsOf } from './statements'
import type { TableInfo } from './table'

/**
 * Runs a call to its end: of one row in two transactions at most, of many in one more where rows are refused, unless one
 * of them ends a transaction. Never throws for what the database does.
 */
export async function runCall(
	batch: Batch,
	requests: readonly RowRequest[],
	deadline: number,
): Promise<(Outcome | Undone)[]> {
	const call = callOf(requests)
	try {
		while (!isDone(call)) await runTransaction(batch, [call], deadline)
		return outcomesOf(call)
	} catch (error) {
		return outcomesOf(call, classify(error))
	}
}

/**
 * Runs what is left of calls in one transaction, and so in one round trip. Those that come out of it undone have to go
 * again, in the way that they have then: a refused row leaves nothing behind, and harms nobody but the rows that shared
 * its statements, who go once more: see addInParts in plan-calls.ts.
 * @throws DatabaseError where the one who sends it may send no more, with all calls as they were.
 */
export async function runTransaction(
	batch: Batch,
	calls: readonly Call[],
	deadline: number,
	proofs?: Proofs,
): Promise<void> {
	const plans = planCalls(calls.map(pendingOf), {
		isSumFelt: (table) => proofs?.of(table)?.isSumFelt ?? true,
		hasNoTriggers: (table) => proofs?.of(table)?.hasNoTriggers ?? false,
	})
	const keyed = calls.filter(({ requests }) => requests.some(({ shape }) => shape.keyed))
	const id = keyed.length > 0 ? crypto.randomUUID() : ''
	for (const { tries } of keyed) tries.push(id)
	const nameOf = (repeats: number, place: number) => `${id}.${repeats}.${place}.`
	const followed = new Set(plans.flatMap(({ after }) => after))
	const exact = new Set(plans.flatMap(({ shape, group }) => (isRepeatable(shape) ? [] : (group ?? []))))
	// As it is now: by the time of the answer more is known, of which the statements that were sent know nothing.
	const proofOf = plans.map(({ shape }) => proofs?.of(shape.table))
	const mannersAfter = (repeats: number) =>
		plans.map((plan, place) => {
			const proof = proofOf[place]
			return mannerOf(calls, plan, {
				isFollowed: followed.has(place) || plan.trial !== undefined,
				isRepeat: repeats > 0,
				isExact: plan.group !== undefined && exact.has(plan.group),
				mayChange: proof?.hasInsertTriggers ?? true,
				looksFirst: proof?.isTrialFelt ?? true,
				// Who shares with nobody harms nobody, and may make the row that is missing later in its own transaction.
				mayDefer: proofs !== undefined && (proof?.mayDefer ?? true),
			})
		})
	const mode = calls.some(({ way }) => way === 'apart') ? 'each' : 'write'
	// Rows that go apart have come through a shared transaction, and so past the guard.
	const unproven = proofs && mode === 'write' ? unprovenOf(plans, proofs) : []
	const units = new PlanUnits(plans, unproven)
	let sent: Sent
	try {
		const unitsAfter = (repeats: number) => {
			const manners = mannersAfter(repeats)
			return units.of((plan, place) => statementsFor(plan, manners[place], nameOf(repeats, place)))
		}
		sent = await send(batch, unitsAfter, mode, deadline)
	} catch (error) {
		const failed = classify(error)
		if (failed.failure === 'limited') throw failed
		regroup(calls, failed.unit === undefined ? [] : units.plansOf(failed.unit), plans, failed)
		return
	}
	const { doubt, repeats } = sent
	const results = units.resultsOf(sent.results)
	for (const [i, table] of unproven.entries()) {
		const lack = proofs?.note(table, sent.results[i])
		if (lack) refuseAll(calls, plans, table, lack)
	}
	if (doubt) for (const call of calls) call.doubt ??= doubt
	const manners = mannersAfter(repeats)
	const ran = plans.map((plan, place): RanPlan => {
		const result = results[place]
		const manner = manners[place]
		if (!result || !manner) throw new Error('the database left out a result')
		const own = new Set(callsOf(calls, plan.rows).flatMap(({ tries }) => tries))
		const isOwn = (name: string) => own.has(name.slice(0, name.indexOf('.')))
		return { plan, manner, result, attempt: { name: nameOf(repeats, place), isOwn } }
	})
	await readChanged(batch, calls, settleAll(calls, ran, proofs), deadline)
}

/** The tables of plans of which it is not known that the database has what the schema says. */
function unprovenOf(plans: readonly Plan[], proofs: Proofs): TableInfo[] {
	const tables = new Set(plans.map(({ shape: { table } }) => table))
	return [...tables].filter((table) => !proofs.of(table))
}

function mannerOf(
	calls: readonly Call[],
	{ shape, rows, isBound, isOneByOne }: Plan,
	{
		isRepeat: isSentAgain,
		isExact,
		...known
	}: Pick<Manner, 'isFollowed' | 'mayChange' | 'looksFirst' | 'mayDefer' | 'isRepeat'> & {
		/** Its group holds what must not be done again. */
		isExact: boolean
	},
): Manner {
	const own = callsOf(calls, rows)
	const isRepeat = isSentAgain || own.some(({ doubt }) => doubt !== undefined)
	const isReferred = rows.some(({ request: { bond } }) => bond?.isReferred)
	return {
		isInOrder: own.length === 1 && rows.length > 1,
		rows: orderOf(shape).isSingle || isOneByOne ? 'one' : 'set',
		bond: !isBound ? 'none' : isReferred ? 'referred' : 'asked',
		asBytes: own.some(({ asBytes }) => asBytes),
		isRepeat,
		isOnlyLooked: isRepeat && isExact,
		...known,
	}
}

/** The calls of a plan's rows, each once: of a thousand rows they are most often one. */
function callsOf(calls: readonly Call[], rows: Plan['rows']): Call[] {
	const places = new Set<number>()
	for (const { askers } of rows) for (const { call } of askers) places.add(call)
	return [...places].flatMap((place) => calls[place] ?? [])
}

function statementsFor({ shape, rows }: Plan, manner: Manner | undefined, name: string): PlanStatements {
	if (!manner) throw new Error('a plan without a manner')
	const { steps, why } = statementsOf(shape, manner)
	const items = rows.map(({ request }) => request.json)
	const over = ({ sql }: { sql: string }) => overItems(sql, items, shape.keyed ? name : undefined)
	return { statements: steps.map(over), why: why.map(over) }
}

/** Reads rows that a trigger changed as they were written: one more read, on this path only. */
async function readChanged(
	batch: Batch,
	calls: readonly Call[],
	changed: readonly Changed[],
	deadline: number,
): Promise<void> {
	for (const { shape, asker, found } of changed) {
		let outcome: Outcome
		try {
			const values = await readIdentified(batch, shape, found.identity, deadline)
			outcome = values ? rowOf(values, found.change) : ruledOut()
		} catch (error) {
			outcome = { kind: 'error', error: classify(error) }
		}
		settle(calls, shape, [asker], outcome)
	}
}
