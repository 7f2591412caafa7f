import { DatabaseError } from '../database/failure'
import type { Rows, UnitResult } from '../database/send'
import { additionsOf } from './additions'
import { type Call, fillUp } from './call'
import type { Manner } from './conditions'
import type { Outcome } from './outcome'
import type { Asker, Plan } from './plan'
import type { Proofs } from './proof'
import { type RefusedOutcome, refusalOf, ruledOut } from './refusal'
import { goOn } from './regroup'
import {
	certain,
	type Found,
	type PlanTry,
	readPlan,
	type StepRows,
	twinOutcome,
	type Written,
} from './results'
import type { Shape } from './shape'
import { type Step, statementsOf } from './statements'
import { sharesOf } from './summands'
import type { TableInfo } from './table'

/** A plan that was sent, and what became of it. */
export interface RanPlan {
	plan: Plan
	manner: Manner
	result: UnitResult
	attempt: PlanTry
}

/** A row that was written and is no longer what it was asked by. */
export interface Changed {
	shape: Shape
	asker: Asker
	found: Written
}

/**
 * What became of the rows of plans that were sent, told to their calls; those that have no outcome then go again.
 * Gives the rows that have to be read once more.
 */
export function settleAll(
	calls: readonly Call[],
	ran: readonly RanPlan[],
	proofs: Proofs | undefined,
): Changed[] {
	const changed: Changed[] = []
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
	return changed
}

function rowsOfSteps(steps: readonly { step: Step | 'blame' }[], rows: readonly Rows[]): StepRows {
	return Object.fromEntries(steps.map(({ step }, i) => [step, rows[i] ?? []]))
}

/** No row of the table can be answered. */
export function refuseAll(
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

/** The outcome of a row for all who ask for it. */
export function settle(
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
