import { classify, DatabaseError, type Failure, isUncertain } from '../database/failure'
import {
	type Batch,
	type DriverValue,
	query,
	rowsOfLast,
	type Sent,
	send,
	type Unit,
	type UnitResult,
} from '../database/send'
import { anchorOf, type Manner } from './conditions'
import type { Outcome } from './outcome'
import { type Asker, type PendingCall, type Plan, planCalls } from './plan'
import { guardOf, type Proofs } from './proof'
import { decoded } from './read-value'
import { refusalOf, ruledOut } from './refusal'
import { certain, hexOf, readPlan, type StepRows, twinOutcome } from './results'
import type { RowRequest } from './row-request'
import type { Shape } from './shape'
import { selectByIdentity, statementsOf } from './statements'
import type { TableInfo } from './table'

/** Rows asked for by one call: what has become of them so far, and how the rest goes next. Plain data. */
export interface Call {
	readonly requests: readonly RowRequest[]
	/** In their order; nothing for a row that has to go again. */
	readonly outcomes: (Outcome | undefined)[]
	/**
	 * `together` in as few statements as may be; `one-by-one` after one of them was refused, so that each row has its own
	 * answer; `apart`, each in a transaction of its own, after one of them ended the transaction for all.
	 */
	way: 'together' | 'one-by-one' | 'apart'
	/** It shares no transaction, after one that was too much for a single request. */
	alone: boolean
	/** How many of its rows a transaction carries. */
	limit: number
	asBytes: boolean
	/** How an earlier try failed, which may have been committed. */
	doubt: Failure | undefined
	/** The names of the transactions that have carried rows with keys of it. */
	readonly tries: string[]
}

/** One by one a row takes the database some ten times as long: those of many calls take turns. */
const MAX_ONE_BY_ONE = 100

export function callOf(requests: readonly RowRequest[]): Call {
	return {
		requests,
		outcomes: requests.map(() => undefined),
		way: 'together',
		alone: false,
		limit: Number.POSITIVE_INFINITY,
		asBytes: false,
		doubt: undefined,
		tries: [],
	}
}

/** Every row of the call has its outcome. */
export function isDone({ outcomes }: Call): boolean {
	return outcomes.every((outcome) => outcome !== undefined)
}

/** It goes in a transaction that it shares with no other call. */
export function isAlone({ way, alone }: Call): boolean {
	return alone || way === 'apart'
}

/** Runs a call to its end: at most two transactions for each row, unless one of them ends a transaction. Never throws for what the database does. */
export async function runCall(
	batch: Batch,
	requests: readonly RowRequest[],
	deadline: number,
): Promise<Outcome[]> {
	const call = callOf(requests)
	try {
		while (!isDone(call)) await runTransaction(batch, [call], deadline)
		return outcomesOf(call)
	} catch (error) {
		return outcomesOf(call, classify(error))
	}
}

export function outcomesOf({ outcomes }: Call, otherwise?: DatabaseError): Outcome[] {
	return outcomes.map((outcome) => {
		if (outcome) return outcome
		if (otherwise) return { kind: 'error', error: otherwise }
		throw new Error('a row without an outcome')
	})
}

/**
 * Runs what is left of calls in one transaction, and so in one round trip. Those that come out of it undone have to go
 * again, in the way that they have then: a refused row leaves nothing behind, and harms nobody but the rows that shared
 * its statements, who go once more, one by one.
 * @throws DatabaseError where the one who sends it may send no more, with all calls as they were.
 */
export async function runTransaction(
	batch: Batch,
	calls: readonly Call[],
	deadline: number,
	proofs?: Proofs,
): Promise<void> {
	const plans = planCalls(calls.map(pendingOf))
	const id = crypto.randomUUID()
	for (const call of calls) if (call.requests.some(({ shape }) => shape.keyed)) call.tries.push(id)
	const nameOf = (repeats: number, place: number) => `${id}.${repeats}.${place}.`
	const followed = new Set(plans.map(({ after }) => after))
	const mannersAfter = (repeats: number) =>
		plans.map((plan, place) => {
			const mayChange = proofs?.of(plan.shape.table)?.hasInsertTriggers ?? true
			return mannerOf(calls, plan, { isFollowed: followed.has(place), mayChange, isRepeat: repeats > 0 })
		})
	const mode = calls.some(({ way }) => way === 'apart') ? 'each' : 'write'
	// Rows that go apart have come through a shared transaction, and so past the guard.
	const unproven = proofs && mode === 'write' ? unprovenOf(plans, proofs) : []
	const behind = ({ shape: { table }, after }: Plan): number | undefined => {
		if (after !== undefined) return unproven.length + after
		const guard = unproven.indexOf(table)
		return guard < 0 ? undefined : guard
	}
	let sent: Sent
	try {
		const unitsAfter = (repeats: number) => {
			const manners = mannersAfter(repeats)
			const units = plans.map((plan, place) => ({
				...unitOf(plan, manners[place], nameOf(repeats, place)),
				after: behind(plan),
			}))
			return [...unproven.map(guardOf), ...units]
		}
		sent = await send(batch, unitsAfter, mode, deadline)
	} catch (error) {
		const failed = classify(error)
		if (failed.failure === 'limited') throw failed
		regroup(
			calls,
			failed.unit === undefined ? undefined : plans[failed.unit - unproven.length],
			plans,
			failed,
		)
		return
	}
	const { doubt, repeats } = sent
	const results = sent.results.slice(unproven.length)
	for (const [i, table] of unproven.entries()) {
		const lack = proofs?.note(table, sent.results[i])
		if (lack) refuseAll(calls, plans, table, lack)
	}
	if (doubt) for (const call of calls) call.doubt ??= doubt
	const made: Made[] = []
	const manners = mannersAfter(repeats)
	for (const [place, plan] of plans.entries()) {
		const result = results[place]
		const manner = manners[place]
		if (!result || !manner) throw new Error('the database left out a result')
		if (result.kind === 'skipped') continue
		if (result.kind === 'failed') {
			settleFailed(calls, plan, manner, result, proofs)
			continue
		}
		const rows: StepRows = {}
		statementsOf(plan.shape, manner).steps.forEach(({ step }, i) => {
			rows[step] = result.rows[i] ?? []
		})
		const attempt = { name: nameOf(repeats, place), isOwn: (name: string) => isOwnTry(calls, plan, name) }
		for (const [i, found] of readPlan(plan, rows, attempt).entries()) {
			const askers = plan.rows[i]?.askers
			if (!askers) continue
			// Its twins don't find it by what they ask for: they go again.
			if (found.kind === 'made') made.push({ shape: plan.shape, asker: askers[0], identity: found.identity })
			else settle(calls, plan.shape, askers, manner.asBytes ? decodedOutcome(plan.shape, found) : found)
		}
	}
	await readMade(batch, calls, made, deadline)
}

function pendingOf({ requests, outcomes, way, limit, doubt }: Call, call: number): PendingCall {
	const pending = outcomes.flatMap((outcome, place) => (outcome ? [] : [place]))
	const places = pending.slice(0, way === 'together' ? limit : Math.min(limit, MAX_ONE_BY_ONE))
	// What may have been done is asked for otherwise.
	const sharesPlans = places.length === 1 && doubt === undefined
	return { call, requests, places, oneByOne: way !== 'together', sharesPlans }
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

function mannerOf(
	calls: readonly Call[],
	{ rows }: Plan,
	{ isRepeat, ...known }: Pick<Manner, 'isFollowed' | 'mayChange' | 'isRepeat'>,
): Manner {
	const askers = rows.flatMap((row) => row.askers.flatMap(({ call }) => calls[call] ?? []))
	return {
		rows: askers.every(({ way }) => way !== 'together') ? 'one' : 'set',
		asBytes: askers.some(({ asBytes }) => asBytes),
		isRepeat: isRepeat || askers.some(({ doubt }) => doubt !== undefined),
		...known,
	}
}

function unitOf({ shape, rows }: Plan, manner: Manner | undefined, name: string): Unit {
	if (!manner) throw new Error('a plan without a manner')
	const { steps, why } = statementsOf(shape, manner)
	const json = `[${rows.map(({ request }) => request.json).join()}]`
	return {
		statements: steps.map(({ sql }) => ({ sql, args: sql.includes('?2') ? [json, name] : [json] })),
		why: why === undefined ? undefined : { sql: why, args: [json] },
	}
}

function isOwnTry(calls: readonly Call[], { rows }: Plan, name: string): boolean {
	const [id = ''] = name.split('.', 1)
	return rows.some(({ askers }) => askers.some(({ call }) => calls[call]?.tries.includes(id)))
}

function decodedOutcome({ table }: Shape, outcome: Outcome): Outcome {
	return outcome.kind === 'row' ? { ...outcome, values: decoded(table, outcome.values) } : outcome
}

/** Of a refused plan: the answer, where it is one row's; and else its rows go again, one by one. */
function settleFailed(
	calls: readonly Call[],
	{ shape, rows }: Plan,
	manner: Manner,
	{ at, error, why }: Extract<UnitResult, { kind: 'failed' }>,
	proofs: Proofs | undefined,
): void {
	const step = statementsOf(shape, manner).steps[at]?.step
	const outcome = refusalOf(shape, step, error, why)
	// What no row can help is every row's answer: a table that isn't there, for one.
	const { error: reason } = outcome.kind === 'error' ? outcome : { error: undefined }
	const isRowsOwn = !(reason instanceof DatabaseError) || reason.failure === 'full'
	if (reason instanceof DatabaseError && (reason.failure === 'unmigrated' || reason.failure === 'unproven'))
		proofs?.forget(shape.table)
	for (const { askers } of rows) {
		if (manner.rows === 'one' || !isRowsOwn) settle(calls, shape, askers, outcome)
		else goOn(calls, askers, (call) => (call.way = 'one-by-one'))
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

function goOn(calls: readonly Call[], askers: readonly Asker[], change: (call: Call) => void): void {
	for (const { call } of askers) {
		const of = calls[call]
		if (of) change(of)
	}
}

/** After a transaction of which nothing remains: how its calls go again, or why they don't. */
function regroup(
	calls: readonly Call[],
	culprit: Plan | undefined,
	plans: readonly Plan[],
	error: DatabaseError,
): void {
	const { failure } = error
	const earlier = calls.map(({ doubt }) => doubt)
	for (const call of calls) call.doubt ??= error.doubt
	if (failure === 'ended' && culprit) {
		for (const { askers } of culprit.rows) {
			goOn(calls, askers, (call) => {
				call.way = 'apart'
				call.asBytes = true
			})
		}
		return
	}
	if (failure === 'commit-refused' && calls.some(({ way }) => way !== 'apart')) {
		suspectsOf(calls).forEach((call) => {
			call.way = call.way === 'together' ? 'one-by-one' : 'apart'
		})
		return
	}
	if (failure === 'unreadable' && calls.some(({ asBytes }) => !asBytes)) {
		for (const call of calls) call.asBytes = true
		return
	}
	if (isTooMuch(failure) && calls.length > 1) {
		for (const call of calls) call.alone = true
		return
	}
	const rows = plans.reduce(
		(sum, plan) => sum + plan.rows.reduce((all, { askers }) => all + askers.length, 0),
		0,
	)
	const [only] = calls
	if (isTooMuch(failure) && only && rows > 1) {
		only.limit = Math.ceil(rows / 2)
		return
	}
	for (const [i, call] of calls.entries()) {
		// "Busy" now would hide that an earlier try may have been committed.
		const doubt = earlier[i]
		const hides = doubt !== undefined && doubt !== failure && (failure === 'rejected' || isUncertain(failure))
		const told = hides ? new DatabaseError('unknown', error.cause) : error
		for (const [place, outcome] of call.outcomes.entries()) {
			call.outcomes[place] = outcome ?? { kind: 'error', error: told }
		}
	}
}

/** A part of it may do. */
function isTooMuch(failure: Failure): boolean {
	return failure === 'too-large' || failure === 'unparsable' || failure === 'unreadable'
}

/** Whose rows a COMMIT may have been refused for: those of tables with foreign keys, or where none has, of all. */
function suspectsOf(calls: readonly Call[]): Call[] {
	const open = calls.filter(({ way }) => way !== 'apart')
	const referring = open.filter(({ requests, way }) => {
		const [first] = requests
		return way === 'together' && first !== undefined && first.shape.table.parents.length > 0
	})
	return referring.length > 0 ? referring : open
}

/** A row that was made and is no longer what it was asked by. */
interface Made {
	shape: Shape
	asker: Asker
	identity: DriverValue[]
}

/** Reads rows that a trigger changed as they were made: one more read, on this path only. */
async function readMade(
	batch: Batch,
	calls: readonly Call[],
	made: readonly Made[],
	deadline: number,
): Promise<void> {
	for (const { shape, asker, identity } of made) {
		let outcome: Outcome
		try {
			const args = [`[[${identity.map(encoded).join()}]]`]
			const [rows] = await query(batch, [{ sql: selectByIdentity(shape), args }], 'read', deadline)
			const values = rows?.[0]
			outcome = values ? { kind: 'row', values, created: true, updated: false } : ruledOut()
		} catch (error) {
			outcome = { kind: 'error', error: classify(error) }
		}
		settle(calls, shape, [asker], outcome)
	}
}

function encoded(value: DriverValue): string {
	return typeof value === 'bigint'
		? String(value)
		: JSON.stringify(value instanceof ArrayBuffer ? hexOf(value) : value)
}

const ALONE: Omit<Manner, 'asBytes'> = { rows: 'one', isRepeat: false, isFollowed: false, mayChange: false }

/** Reads the row that a request of the verb `get` asks for. @throws DatabaseError */
export async function findRow(
	batch: Batch,
	{ shape, json }: RowRequest,
	deadline: number,
	proofs?: Proofs,
): Promise<DriverValue[] | undefined> {
	const { table } = shape
	for (const asBytes of [false, true]) {
		const guard = proofs && !proofs.of(table) ? guardOf(table) : undefined
		const { steps } = statementsOf(shape, { ...ALONE, asBytes })
		const statements = steps.map(({ sql }) => ({ sql, args: [`[${json}]`] }))
		const units = guard ? [guard, { statements }] : [{ statements }]
		try {
			const { results } = await send(batch, () => units, 'read', deadline)
			const lack = guard && proofs?.note(table, results[0])
			if (lack) throw lack
			const row = rowsOfLast(results)[0]?.[0]
			if (!row || row[anchorOf(shape).index] === null) return undefined
			return asBytes ? decoded(table, row) : row
		} catch (error) {
			if (asBytes || classify(error).failure !== 'unreadable') throw error
		}
	}
	return undefined
}
