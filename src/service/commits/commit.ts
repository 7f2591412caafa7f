import { DatabaseError } from '../../database/failure'
import { callOf, outcomesOf } from '../../get-or-create/call'
import type { Outcome } from '../../get-or-create/outcome'
import type { RowRequest } from '../../get-or-create/row-request'
import { type LogFields, timed } from '../log'
import type { KeepAlive } from './group-commit'
import { type CommitSettings, sharedCommits } from './shared-commits'

/** Where a call's rows go, and how long it waits for them, in milliseconds. */
export interface Commits {
	commits: CommitSettings
	timeout: number
}

/**
 * Commits a call's rows in transactions that it may share with others, and notes how that went. Where the last of them
 * got no answer the rows that were answered before keep theirs.
 */
export async function commit(
	{ commits, timeout }: Commits,
	requests: readonly RowRequest[],
	logFields: LogFields,
	keepAlive: KeepAlive,
): Promise<Outcome[]> {
	const deadline = Date.now() + timeout
	const call = callOf(requests)
	try {
		const { sentBy, calls } = await timed(logFields, () =>
			sharedCommits(commits).submit(call, deadline, keepAlive),
		)
		logFields.commit = sentBy
		logFields.batch = Math.max(logFields.batch ?? 0, calls)
		return outcomesOf(call)
	} catch (error) {
		if (!(error instanceof DatabaseError)) throw error
		return outcomesOf(call, error)
	}
}
