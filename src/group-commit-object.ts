import { DurableObject } from 'cloudflare:workers'
import { httpBatch } from './database/client'
import { classify, splits } from './database/failure'
import type { CommitObject, Committed } from './database/object'
import { PipelineError } from './database/pipeline'
import type { Batch, Statement } from './database/send'
import { settingsOf } from './env'
import { GroupCommit } from './get-or-create/group-commit'

/** In characters of parameters: the batches of many isolates share a transaction, and 32 MiB may wait. */
const MAX_BATCH = 1024 * 1024
const MAX_QUEUE = 32 * 1024 * 1024

/**
 * Group commit across isolates: each sends its batches here, and they share transactions once more. Nothing rests on
 * it: isolates, other objects and single batches may race with it, and the unique index decides.
 */
export class GroupCommitObject extends DurableObject<Env> implements CommitObject {
	readonly #commits = new GroupCommit<Statement[], Committed>({
		// Tries once: who repeats is the isolate, which knows what may be repeated.
		send: async (jobs, deadline) =>
			await commitTogether(httpBatch(settingsOf(this.env).database), jobs, deadline),
		sizeOf: (statements) => statements.reduce((size, { args }) => size + (args[0]?.length ?? 0), 0),
		maxBatch: MAX_BATCH,
		maxQueue: MAX_QUEUE,
	})

	async ping(): Promise<void> {
		return await Promise.resolve()
	}

	async commit(statements: Statement[], timeout: number): Promise<Committed> {
		try {
			return await this.#commits.submit(statements, Date.now() + timeout, (promise) =>
				this.ctx.waitUntil(promise),
			)
		} catch (error) {
			return told(error)
		}
	}
}

/** One isolate's constraint never fails another's batch: the transaction is split until it stands alone. */
async function commitTogether(batch: Batch, jobs: Statement[][], deadline: number): Promise<Committed[]> {
	try {
		const rows = await batch(jobs.flat(), 'write', deadline)
		let next = 0
		return jobs.map(({ length }) => ({ rows: rows.slice(next, (next += length)) }))
	} catch (error) {
		const failed = told(error)
		if (!splits(failed.failure) || jobs.length === 1) return jobs.map(() => failed)
		const half = Math.ceil(jobs.length / 2)
		const before = await commitTogether(batch, jobs.slice(0, half), deadline)
		return [...before, ...(await commitTogether(batch, jobs.slice(half), deadline))]
	}
}

function told(error: unknown): Extract<Committed, { failure: unknown }> {
	const { failure, cause } = classify(error)
	return cause instanceof PipelineError ? { failure, code: cause.code, message: cause.message } : { failure }
}
