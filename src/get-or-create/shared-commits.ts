import { type DatabaseSettings, httpBatch } from '../database/client'
import { GroupCommit } from './group-commit'
import type { Outcome } from './outcome'
import { entriesOf } from './plan'
import type { RowRequest } from './row-request'
import { runTransaction } from './transaction'

/** In characters of encoded rows: some two thousand small rows share a transaction, and 32 MiB may wait. */
const MAX_BATCH = 256 * 1024
const MAX_QUEUE = 32 * 1024 * 1024

const commits = new WeakMap<DatabaseSettings, GroupCommit<RowRequest[], Outcome[]>>()

/** Where the callers of this isolate share transactions with one database. A job is the rows of one call. */
export function sharedCommits(database: DatabaseSettings): GroupCommit<RowRequest[], Outcome[]> {
	const known = commits.get(database)
	if (known) return known
	const made = new GroupCommit<RowRequest[], Outcome[]>({
		send: async (calls, deadline) => {
			const entries = calls.flatMap(entriesOf)
			// The client is the leading request's own: it must not be shared.
			const outcomes = await runTransaction(httpBatch(database), entries, deadline)
			let next = 0
			return calls.map((call) => outcomes.slice(next, (next += call.length)))
		},
		sizeOf: (call) => call.reduce((size, { json }) => size + json.length, 0),
		maxBatch: MAX_BATCH,
		maxQueue: MAX_QUEUE,
	})
	commits.set(database, made)
	return made
}
