import type { Client, ResultSet } from '@libsql/client'
import { is, type SQLWrapper } from 'drizzle-orm'
import { LibSQLTransaction } from 'drizzle-orm/libsql/session'
import { clientBatch } from './client'
import type { Batch } from './send'
import { transactionBatch } from './transaction-batch'

/**
 * A Drizzle database over libSQL, whichever of `drizzle-orm/libsql`'s drivers it has (HTTP, WebSockets, a file, memory, an
 * embedded replica), or a transaction of one.
 */
export interface LibsqlDatabase {
	run(query: SQLWrapper | string): PromiseLike<ResultSet>
}

/** @throws TypeError for a database that is not libSQL's. */
export function batchOf(db: LibsqlDatabase): Batch {
	if (isTransaction(db)) return transactionBatch(db)
	const client = clientOf(db)
	if (client) return clientBatch(client)
	throw new TypeError(
		'not a database over libSQL: it must come from drizzle() of drizzle-orm/libsql, or be the tx of its transaction()',
	)
}

/** What is asked of it is part of a transaction of the caller's. */
export function isTransaction(
	db: unknown,
): db is LibSQLTransaction<Record<string, never>, Record<string, never>> {
	return is(db, LibSQLTransaction)
}

function clientOf(db: unknown): Pick<Client, 'batch'> | undefined {
	if (typeof db !== 'object' || db === null || !('$client' in db)) return undefined
	return isLibsqlClient(db.$client) ? db.$client : undefined
}

/** D1 has a `batch` too. */
function isLibsqlClient(client: unknown): client is Client {
	return typeof client === 'object' && client !== null && 'batch' in client && 'executeMultiple' in client
}
