import type { Settings } from './env'
import type { KeepAlive } from './get-or-create/group-commit'
import type { Outcome } from './get-or-create/outcome'
import type { RowRequest } from './get-or-create/row-request'
import { sharedCommits } from './get-or-create/shared-commits'
import { type Notes, timed } from './log'

/** Commits a call's rows in a transaction that it may share with others, and notes how that went. @throws DatabaseError */
export async function commit(
	settings: Settings,
	requests: RowRequest[],
	notes: Notes,
	keepAlive: KeepAlive,
): Promise<Outcome[]> {
	const deadline = Date.now() + settings.timeout
	const { outcomes, by, calls } = await timed(notes, () =>
		sharedCommits(settings).submit(requests, deadline, keepAlive),
	)
	notes.commit = by
	notes.batch = Math.max(notes.batch ?? 0, calls)
	return outcomes
}
