import type { DatabaseSettings } from '../../database/client'
import { classify, DatabaseError, type Failure, type Said } from '../../database/failure'
import { type Batch, saidError, type Unit, type UnitResult, within } from '../../database/send'

/**
 * What crosses between an isolate and the object, which may be of different versions while one is rolled out: units,
 * their results, and failed commits. Whoever changes one of these, or a method below, gives this another number; an
 * isolate works with an object of its own number alone, and else by itself.
 */
export const PROTOCOL = 4

/** The Durable Object that merges the batches of many isolates, as they see it. Version 1 had other methods. */
export interface CommitObject {
	/** Its PROTOCOL; and that it answers at all tells that it can be reached. */
	version(): Promise<number>
	/** Runs units in a transaction that they may share, and waits at most so many milliseconds. Never throws. */
	run(
		units: readonly Unit[],
		timeout: number,
		protocol: number,
		database: DatabaseSettings,
	): Promise<Committed>
}

/** Plain data: an error would lose its class on the way. */
export type Committed = { results: UnitResult[] } | FailedCommit | 'other version'

export interface FailedCommit {
	failure: Failure
	/** Of these units, the one that ended their transaction. */
	unit?: number | undefined
	/** The database's own words, if it had any. */
	said?: Said | undefined
}

/** An object that does not answer in time, or not as it should, is left alone for a while. */
const PING_MS = 1000
const LEFT_ALONE_MS = 1000

/**
 * Batches through the object, each of which tells when the object has taken it. Whether it can be reached is asked first,
 * once, so that work which it never took goes `direct`. Where it is lost with work in hand nobody knows what became of
 * that: `interrupted`.
 */
export function objectBatch(
	object: () => CommitObject,
	database: DatabaseSettings,
	direct: Batch,
): (taken: () => void) => Batch {
	let reached = false
	let leftAloneUntil = 0

	const canReach = async (to: CommitObject, deadline: number): Promise<boolean> => {
		if (reached) return true
		if (Date.now() < leftAloneUntil) return false
		try {
			const version = await within(to.version(), Math.min(deadline, Date.now() + PING_MS))
			if (version === PROTOCOL) return (reached = true)
		} catch {
			// Not there, not in time, or of a version that is not asked this way.
		}
		leftAloneUntil = Date.now() + LEFT_ALONE_MS
		return false
	}

	return (taken) => async (units, mode, deadline) => {
		if (mode !== 'write') return await direct(units, mode, deadline)
		const to = object()
		if (!(await canReach(to, deadline))) return await direct(units, mode, deadline)
		const committed = await within(commit(to, units, deadline), deadline)
		if (committed === 'refused') return await direct(units, mode, deadline)
		taken()
		if ('results' in committed) return committed.results
		const { failure, said, unit } = committed
		throw new DatabaseError(failure, said ? saidError(said) : 'said by the object', { unit })
	}

	async function commit(
		to: CommitObject,
		units: readonly Unit[],
		deadline: number,
	): Promise<Exclude<Committed, 'other version'> | 'refused'> {
		try {
			const committed = await to.run(units, deadline - Date.now(), PROTOCOL, database)
			if (committed !== 'other version') return committed
			reached = false
			return 'refused'
		} catch (error) {
			reached = false
			// Replaced by another version since it was reached: the runtime's own words for a method that is not there.
			if (error instanceof TypeError && /does not implement/.test(error.message)) return 'refused'
			// Set by the runtime where it did not let the call in: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
			if (error instanceof Error && 'overloaded' in error && error.overloaded === true) {
				leftAloneUntil = Date.now() + LEFT_ALONE_MS
				return 'refused'
			}
			// It was never called.
			if (classify(error).failure === 'limited') throw error
			throw new DatabaseError('interrupted', error)
		}
	}
}
