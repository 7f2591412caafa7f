import { DurableObject } from 'cloudflare:workers'
import { type DatabaseSettings, httpBatch } from '../../database/client'
import { classify, saidIn } from '../../database/failure'
import type { Batch, Unit } from '../../database/send'
import { Cache } from '../../get-or-create/cache'
import { afterUndoing, type Company } from '../../get-or-create/company'
import { GroupCommit, type Sent } from './group-commit'
import { type CommitObject, type Committed, type FailedCommit, PROTOCOL } from './object-batch'

/** In characters of parameters: the batches of many isolates share a transaction, and 32 MiB may wait. */
const MAX_BATCH = 1024 * 1024
const SMALL = 16 * 1024
const MAX_QUEUE = 32 * 1024 * 1024

/** The units of one isolate. */
interface Job {
	units: readonly Unit[]
	/** With nobody after a transaction that failed for no unit of its own. */
	company: Company
}

/** An object is one database's, whose token may change. */
const MAX_DATABASES = 8

/**
 * Group commit across isolates: each sends its batches here, and they share transactions once more. Nothing rests on
 * it: isolates, other objects and single batches may race with it, and the unique index decides. It reads no settings:
 * isolates tell it their database.
 */
export class GroupCommitObject extends DurableObject<object> implements CommitObject {
	readonly #commits = new Cache<GroupCommit<Job, Committed>>(MAX_DATABASES)

	async version(): Promise<number> {
		return await Promise.resolve(PROTOCOL)
	}

	async run(
		units: readonly Unit[],
		timeout: number,
		protocol: number,
		database: DatabaseSettings,
	): Promise<Committed> {
		if (protocol !== PROTOCOL) return 'other version'
		const commits = this.#commits.get(JSON.stringify(database), () => groupCommit(database))
		try {
			return await commits.submit({ units, company: 'anyone' }, Date.now() + timeout, (promise) =>
				this.ctx.waitUntil(promise),
			)
		} catch (error) {
			return told(error)
		}
	}
}

function groupCommit(database: DatabaseSettings): GroupCommit<Job, Committed> {
	const batch = httpBatch(database)
	return new GroupCommit({
		// Tries once: who repeats is the isolate, which knows what may be repeated.
		send: async (jobs, deadline) => await commitTogether(batch, jobs, deadline),
		sizeOf: ({ units }) => units.reduce((size, unit) => size + sizeOf(unit), 0),
		companyOf: ({ company }) => company,
		maxBatch: MAX_BATCH,
		small: SMALL,
		maxQueue: MAX_QUEUE,
	})
}

function sizeOf({ statements }: Unit): number {
	// Most statements of a unit have the same rows.
	const args = new Set(statements.flatMap((statement) => statement.args))
	return [...args].reduce((size, arg) => size + arg.length, 0)
}

/**
 * Units fail one by one, so that no isolate's harm another's. Of a transaction that was ended, the isolate whose unit did
 * it is told, and the others' units go again; where it was too much, or one's SQL is none, each isolate's go alone.
 */
async function commitTogether(batch: Batch, jobs: Job[], deadline: number): Promise<Sent<Committed>[]> {
	const starts: number[] = []
	const units: Unit[] = []
	for (const job of jobs) {
		const start = units.length
		starts.push(start)
		units.push(
			...job.units.map((unit) => ({
				...unit,
				after: unit.after?.map((place) => place + start),
				group: unit.group === undefined ? undefined : unit.group + start,
			})),
		)
	}
	try {
		const results = await batch(units, 'write', deadline)
		return jobs.map(({ units: { length } }, i) => {
			const start = starts[i] ?? 0
			return { result: { results: results.slice(start, start + length) } }
		})
	} catch (error) {
		const failed = told(error)
		const { failure, unit } = failed
		if (jobs.length === 1) return [{ result: failed }]
		if (failure === 'ended' && unit !== undefined) {
			return jobs.map((job, i) => {
				const { length } = job.units
				const place = unit - (starts[i] ?? 0)
				if (place >= 0 && place < length) return { result: { ...failed, unit: place } }
				job.company = afterUndoing(job.company)
				return 'again'
			})
		}
		if (!NOBODYS.has(failure)) return jobs.map(() => ({ result: failed }))
		for (const job of jobs) job.company = 'nobody'
		return jobs.map(() => 'again')
	}
}

/** The transaction was rolled back, and one isolate's units may do where those of all did not. */
const NOBODYS = new Set<FailedCommit['failure']>(['too-large', 'unparsable', 'unreadable'])

function told(error: unknown): FailedCommit {
	const { failure, cause, unit } = classify(error)
	return { failure, unit, said: saidIn(cause) }
}
