import { classify, DatabaseError } from '../database/failure'
import { type Batch, type Rows, type Sent, send, type UnitResult } from '../database/send'
import { additionsOf } from './additions'
import { type Call, callOf, fillUp, isDone, outcomesOf, pendingOf } from './call'
import type { Manner } from './conditions'
import { overItems } from './items'
import { orderOf } from './order'
import type { Outcome, Undone } from './outcome'
import type { Asker, Plan } from './plan'
import { planCalls } from './plan-calls'
import { type PlanStatements, PlanUnits } from './plan-units'
import type { Proofs } from './proof'
import { readIdentified } from './read-row'
import { type RefusedOutcome, refusalOf, ruledOut } from './refusal'
import { goOn, regroup } from './regroup'
import {
	certain,
	type Found,
	type PlanTry,
	readPlan,
	rowOf,
	type StepRows,
	twinOutcome,
	type Written,
} from './results'
import type { RowRequest } from './row-request'
import type { Shape } from './shape'
import { isRepeatable, type Step, statementsOf } from './statements'
import { sharesOf } from './summands'
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
	const mannersAfter = (repeats: number) =>
		plans.map((plan, place) => {
			const proof = proofs?.of(plan.shape.table)
			return mannerOf(calls, plan, {
				isFollowed: followed.has(place) || plan.trial !== undefined,
				isRepeat: repeats > 0,
				isExact: plan.group !== undefined && exact.has(plan.group),
				mayChange: proof?.hasInsertTriggers ?? true,
				looksFirst: proof?.isTrialFelt ?? true,
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
	const changed: Changed[] = []
	const manners = mannersAfter(repeats)
	const ran = plans.map((plan, place): RanPlan => {
		const result = results[place]
		const manner = manners[place]
		if (!result || !manner) throw new Error('the database left out a result')
		const own = new Set(callsOf(calls, plan.rows).flatMap(({ tries }) => tries))
		const isOwn = (name: string) => own.has(name.slice(0, name.indexOf('.')))
		return { plan, manner, result, attempt: { name: nameOf(repeats, place), isOwn } }
	})
	const lost = Map.groupBy(ran, ({ plan }) => plan.group)
	lost.delete(undefined)
	for (const [group, all] of lost) {
		if (all.some(({ result }) => result.kind !== 'done')) settleLost(calls, all, proofs)
		else lost.delete(group)
	}
	for (const each of ran) {
		const { plan, manner, result, attempt } = each
		if (result.kind === 'skipped' || lost.has(plan.group)) continue
		if (result.kind === 'failed' && plan.trial !== undefined) {
			suspect(calls, plan)
			continue
		}
		if (result.kind === 'failed') {
			settleFailed(calls, plan, manner, refusalIn(each, result), proofs)
			continue
		}
		const rows = rowsOfSteps(statementsOf(plan.shape, manner).steps, result.rows)
		for (const [i, found] of readPlan(plan, rows, attempt, manner.asBytes).entries()) {
			const askers = plan.rows[i]?.askers
			if (!askers) continue
			if (isSum(plan.shape, askers)) settleSum(calls, plan.shape, askers, found)
			// Its twins don't find it by what they ask for: they go again.
			else if (found.kind === 'written') changed.push({ shape: plan.shape, asker: askers[0], found })
			else settle(calls, plan.shape, askers, found)
		}
	}
	await readChanged(batch, calls, changed, deadline)
}

/** The tables of plans of which it is not known that the database has what the schema says. */
function unprovenOf(plans: readonly Plan[], proofs: Proofs): TableInfo[] {
	const tables = new Set(plans.map(({ shape: { table } }) => table))
	return [...tables].filter((table) => !proofs.of(table))
}

function refuseAll(
	calls: readonly Call[],
	plans: readonly Plan[],
	table: TableInfo,
	error: DatabaseError,
): void {
	for (const { shape, rows } of plans) {
		if (shape.table !== table) continue
		for (const { askers } of rows) settle(calls, shape, askers, { kind: 'error', error })
	}
}

/** A plan that was sent, and what became of it. */
interface RanPlan {
	plan: Plan
	manner: Manner
	result: UnitResult
	attempt: PlanTry
}

function rowsOfSteps(steps: readonly { step: Step | 'blame' }[], rows: readonly Rows[]): StepRows {
	return Object.fromEntries(steps.map(({ step }, i) => [step, rows[i] ?? []]))
}

function mannerOf(
	calls: readonly Call[],
	{ shape, rows, isBound, isOneByOne }: Plan,
	{
		isRepeat: isSentAgain,
		isExact,
		...known
	}: Pick<Manner, 'isFollowed' | 'mayChange' | 'looksFirst' | 'isRepeat'> & {
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

/** Why the database refused a plan's row, or its rows. */
function refusalIn(
	{ plan, manner, attempt }: RanPlan,
	{ at, error, why }: Extract<UnitResult, { kind: 'failed' }>,
): RefusedOutcome {
	const { steps, why: asked } = statementsOf(plan.shape, manner)
	const step = steps[at]?.step
	const told = rowsOfSteps(asked, why)
	if (manner.rows === 'one' && (step === 'verdict' || step === 'verdictUpdated')) {
		const [found] = readPlan(plan, told, attempt, manner.asBytes)
		return found?.kind === 'error' ? found : ruledOut()
	}
	return refusalOf(plan.shape, step, error, told.blame)
}

/** What no row can help is every row's answer: a table that isn't there, for one. */
function isRowsOwn({ error }: RefusedOutcome): boolean {
	return !(error instanceof DatabaseError) || error.failure === 'full'
}

/** One of the plan's rows was refused, or one that was tried with them: they go again, one by one. */
function suspect(calls: readonly Call[], { rows }: Plan): void {
	for (const { askers } of rows) {
		for (const { call, place } of askers) {
			const of = calls[call]
			if (of) (of.suspects ??= new Set()).add(place)
		}
	}
}

/** Of a group of which nothing remains: what each of its rows was refused for, once that is known of all. */
function settleLost(calls: readonly Call[], group: readonly RanPlan[], proofs: Proofs | undefined): void {
	const failedTrials = group.filter(
		({ plan, result }) => plan.trial !== undefined && result.kind === 'failed',
	)
	for (const { plan } of failedTrials) suspect(calls, plan)
	if (failedTrials.length > 0) return
	const refusals = group.flatMap((ran) =>
		ran.result.kind === 'failed' ? [{ ...ran, outcome: refusalIn(ran, ran.result) }] : [],
	)
	const isSettled = (plan: Plan) =>
		plan.rows.some(({ askers }) => askers.some(({ call, place }) => calls[call]?.outcomes[place]))
	const isKnown =
		group.some(({ plan }) => isSettled(plan)) ||
		group.every(({ plan }) => plan.isOneByOne || plan.trial !== undefined) ||
		!refusals.every(({ outcome }) => isRowsOwn(outcome))
	for (const { plan, manner, outcome } of isKnown ? refusals : []) {
		settleFailed(calls, plan, manner, outcome, proofs)
	}
	for (const { plan } of group) {
		for (const { askers } of plan.rows) {
			for (const { call, place } of askers) {
				const of = calls[call]
				if (!of) continue
				if (isKnown) of.outcomes[place] ??= { kind: 'undone' }
				else of.way = 'one-by-one'
			}
		}
	}
}

/** Of a refused plan: the answer, where it is one row's; and else its rows go again, one by one. */
function settleFailed(
	calls: readonly Call[],
	{ shape, rows }: Plan,
	manner: Manner,
	outcome: RefusedOutcome,
	proofs: Proofs | undefined,
): void {
	const { error } = outcome
	const isTables =
		error instanceof DatabaseError && (error.failure === 'unmigrated' || error.failure === 'unproven')
	if (isTables) proofs?.forget(shape.table)
	for (const { askers } of rows) {
		if (manner.rows === 'one' || !isRowsOwn(outcome)) settle(calls, shape, askers, outcome)
		else goOn(calls, askers, (call) => (call.way = 'one-by-one'))
		// Nor of those that were to follow it, should the table be well again by then: a call keeps its order.
		if (isTables) goOn(calls, askers, (call) => fillUp(call, outcome))
	}
}

/** They are not twins, but have added to the same row, together. */
function isSum(shape: Shape, askers: readonly Asker[]): boolean {
	return askers.length > 1 && additionsOf(shape).length > 0
}

/** Of a sum: what each has added. Where it was refused its parts may not be, and go once more, one by one. */
function settleSum(calls: readonly Call[], shape: Shape, askers: [Asker, ...Asker[]], found: Found): void {
	if (found.kind === 'error' && !(found.error instanceof DatabaseError)) {
		goOn(calls, askers, (call) => (call.way = 'one-by-one'))
		return
	}
	const unknown = new DatabaseError('unknown', 'a sum whose row is not found again')
	const outcome: Outcome = found.kind === 'written' ? { kind: 'error', error: unknown } : found
	const requests = askers.flatMap(({ call, place }) => calls[call]?.requests[place] ?? [])
	for (const [i, share] of sharesOf(shape, requests, outcome).entries()) {
		const asker = askers[i]
		if (asker) settle(calls, shape, [asker], share)
	}
}

function settle(
	calls: readonly Call[],
	shape: Shape,
	[first, ...twins]: [Asker, ...Asker[]],
	outcome: Outcome,
): void {
	const tell = ({ call, place }: Asker, told: Outcome) => {
		const to = calls[call]
		if (to) to.outcomes[place] = certain(shape, told, to.doubt)
	}
	tell(first, outcome)
	for (const twin of twins) tell(twin, twinOutcome(shape, outcome))
}

/** A row that was written and is no longer what it was asked by. */
interface Changed {
	shape: Shape
	asker: Asker
	found: Written
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
