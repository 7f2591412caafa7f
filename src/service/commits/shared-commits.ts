import { type DatabaseSettings, httpBatch } from '../../database/client'
import { type Call, companyOf, isDone } from '../../get-or-create/call'
import { Proofs } from '../../get-or-create/proof'
import { type RowRequest, weightOf } from '../../get-or-create/row-request'
import { runTransaction } from '../../get-or-create/transaction'
import { GroupCommit, type Room } from './group-commit'
import { type CommitObject, objectBatch } from './object-batch'

/**
 * In bytes of memory: a thousand small rows or so share a transaction, which are some 20 ms of the database's work that a
 * lone caller may have to wait for; and 64 MB may wait.
 */
const MAX_BATCH = 1024 * 1024
const SMALL = 16 * 1024
const MAX_QUEUE = 64_000_000

/** Where transactions go. */
export interface CommitSettings {
	database: DatabaseSettings
	/** Reaches the object that merges the batches of many isolates, where there is one: anew for each batch. */
	object: (() => CommitObject) | undefined
	/** What waits for all databases of an isolate, where it has several. */
	room?: Room
}

/** How a call's rows were committed. */
export interface Commit {
	/** Who sent the last of its transactions. */
	sentBy: 'isolate' | 'durable-object'
	/** How many calls of this isolate shared that. */
	calls: number
}

const commits = new WeakMap<CommitSettings, GroupCommit<Call, Commit>>()

/** Where the callers of this isolate share transactions with one database. A job is the rows of one call. */
export function sharedCommits(settings: CommitSettings): GroupCommit<Call, Commit> {
	const known = commits.get(settings)
	if (known) return known
	const direct = httpBatch(settings.database)
	const shared = settings.object && objectBatch(settings.object, settings.database, direct)
	const made = new GroupCommit<Call, Commit>({
		send: async (calls, deadline) => {
			let sentBy: Commit['sentBy'] = 'isolate'
			const batch = shared ? shared(() => (sentBy = 'durable-object')) : direct
			await runTransaction(batch, calls, deadline, proofsOf(settings))
			return calls.map((call) => (isDone(call) ? { result: { sentBy, calls: calls.length } } : 'again'))
		},
		sizeOf: ({ requests, outcomes }) => sum(requests.filter((_, place) => !outcomes[place])),
		companyOf,
		maxBatch: MAX_BATCH,
		small: SMALL,
		maxQueue: MAX_QUEUE,
		room: settings.room,
	})
	commits.set(settings, made)
	return made
}

const proofs = new WeakMap<CommitSettings, Proofs>()

/** What an isolate knows of the tables of one database. */
export function proofsOf(settings: CommitSettings): Proofs {
	const known = proofs.get(settings) ?? new Proofs()
	proofs.set(settings, known)
	return known
}

function sum(requests: readonly RowRequest[]): number {
	return requests.reduce((size, request) => size + weightOf(request), 0)
}
