import { type DatabaseSettings, httpBatch } from '../database/client'
import { type CommitObject, objectBatch } from '../database/object'
import { GroupCommit } from './group-commit'
import type { Outcome } from './outcome'
import { entriesOf } from './plan'
import type { RowRequest } from './row-request'
import { runTransaction } from './transaction'

/** In characters of encoded rows: some two thousand small rows share a transaction, and 32 MiB may wait. */
const MAX_BATCH = 256 * 1024
const MAX_QUEUE = 32 * 1024 * 1024

/** Where transactions go. */
export interface CommitSettings {
	database: DatabaseSettings
	/** Reaches the object that merges the batches of many isolates, where there is one: anew for each batch. */
	object: (() => CommitObject) | undefined
}

/** What became of a call's rows, and how. */
export interface Commit {
	outcomes: Outcome[]
	/** Who sent the transaction. */
	by: 'isolate' | 'durable-object'
	/** How many calls of this isolate shared it. */
	calls: number
}

const commits = new WeakMap<CommitSettings, GroupCommit<RowRequest[], Commit>>()

/** Where the callers of this isolate share transactions with one database. A job is the rows of one call. */
export function sharedCommits(settings: CommitSettings): GroupCommit<RowRequest[], Commit> {
	const known = commits.get(settings)
	if (known) return known
	const direct = httpBatch(settings.database)
	const shared = settings.object && objectBatch(settings.object, direct)
	const made = new GroupCommit<RowRequest[], Commit>({
		send: async (calls, deadline) => {
			let by: Commit['by'] = 'isolate'
			const batch = shared ? shared(() => (by = 'durable-object')) : direct
			const outcomes = await runTransaction(batch, calls.flatMap(entriesOf), deadline)
			let next = 0
			return calls.map(({ length }) => ({
				outcomes: outcomes.slice(next, (next += length)),
				by,
				calls: calls.length,
			}))
		},
		sizeOf: (call) => call.reduce((size, { json }) => size + json.length, 0),
		maxBatch: MAX_BATCH,
		maxQueue: MAX_QUEUE,
	})
	commits.set(settings, made)
	return made
}
