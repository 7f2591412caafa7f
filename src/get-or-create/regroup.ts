import { DatabaseError, type Failure, isUncertain } from '../database/failure'
import { type Call, fillUp } from './call'
import { afterUndoing } from './company'
import type { Asker, Plan } from './plan'

/** Changes how the calls of these rows go on. */
export function goOn(calls: readonly Call[], askers: readonly Asker[], change: (call: Call) => void): void {
	for (const { call } of askers) {
		const of = calls[call]
		if (of) change(of)
	}
}

/** After a transaction of which nothing remains: how its calls go again, or why they don't. */
export function regroup(
	calls: readonly Call[],
	culprits: readonly Plan[],
	plans: readonly Plan[],
	error: DatabaseError,
): void {
	const { failure } = error
	const earlier = calls.map(({ doubt }) => doubt)
	for (const call of calls) call.doubt ??= error.doubt
	if (failure === 'ended' && culprits.length > 0) {
		undo(calls)
		for (const { askers } of culprits.flatMap(({ rows }) => rows)) {
			goOn(calls, askers, (call) => {
				call.way = 'apart'
				call.asBytes = true
			})
		}
		return
	}
	if (failure === 'commit-refused' && calls.some(({ way }) => way !== 'apart')) {
		undo(calls)
		suspectsOf(calls).forEach((call) => {
			call.way = call.way === 'together' ? 'one-by-one' : 'apart'
		})
		return
	}
	if (failure === 'unreadable' && calls.some(({ asBytes }) => !asBytes)) {
		undo(calls)
		for (const call of calls) call.asBytes = true
		return
	}
	if (isTooMuch(failure) && calls.length > 1) {
		for (const call of calls) call.company = 'nobody'
		return
	}
	const rows = plans.reduce(
		(sum, plan) => sum + plan.rows.reduce((all, { askers }) => all + askers.length, 0),
		0,
	)
	const [only] = calls
	if (isTooMuch(failure) && only && rows > 1 && !isOneGroup(only, plans)) {
		only.limit = Math.ceil(rows / 2)
		return
	}
	if (isTooMuch(failure)) {
		// The row that was sent is too much by itself; others of its call may do.
		for (const { askers } of plans.flatMap((plan) => plan.rows)) {
			for (const { call, place } of askers) {
				const of = calls[call]
				if (of) of.outcomes[place] ??= { kind: 'error', error }
			}
		}
		return
	}
	for (const [i, call] of calls.entries()) {
		// "Busy" now would hide that an earlier try may have been committed.
		const doubt = earlier[i]
		const hides = doubt !== undefined && doubt !== failure && (failure === 'rejected' || isUncertain(failure))
		const told = hides ? new DatabaseError('unknown', error.cause) : error
		fillUp(call, { kind: 'error', error: told })
	}
}

/** They go again, for whatever one of them did. */
function undo(calls: readonly Call[]): void {
	for (const call of calls) call.company = afterUndoing(call.company)
}

/** What was sent of a call stands or falls together. */
function isOneGroup({ requests }: Call, plans: readonly Plan[]): boolean {
	const sent = plans.flatMap(({ rows }) => rows.flatMap(({ askers }) => askers.map(({ place }) => place)))
	const [first = 0] = sent
	const group = requests[first]?.bond?.group
	return group !== undefined && sent.every((place) => requests[place]?.bond?.group === group)
}

/** A part of it may do. */
function isTooMuch(failure: Failure): boolean {
	return failure === 'too-large' || failure === 'unparsable' || failure === 'unreadable'
}

/** Whose rows a COMMIT may have been refused for: those of tables with foreign keys, or where none has, of all. */
function suspectsOf(calls: readonly Call[]): Call[] {
	const open = calls.filter(({ way }) => way !== 'apart')
	const referring = open.filter(
		({ requests, way }) => way === 'together' && requests.some(({ shape }) => shape.table.parents.length > 0),
	)
	return referring.length > 0 ? referring : open
}
