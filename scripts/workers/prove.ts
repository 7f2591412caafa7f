import { databaseSettings, httpBatch } from '../../src/database/client'
import { DatabaseError } from '../../src/database/failure'
import { prove } from '../../src/get-or-create/proof'
import { resources } from '../../src/resources'
import { tablesNeeded } from '../../src/service/resource'

const TIMEOUT_MS = 10_000

/** What the database lacks of what the schema says, in words; nothing where it is all there. */
export async function lackIn(url: string, authToken: string | undefined): Promise<string | undefined> {
	const batch = httpBatch(databaseSettings(url, authToken))
	for (const table of tablesNeeded(resources)) {
		try {
			await prove(batch, [table], 'read', Date.now() + TIMEOUT_MS)
		} catch (error) {
			if (error instanceof DatabaseError && error.failure === 'unproven') return String(error.cause)
			throw error
		}
	}
	return undefined
}

/** Built as a Worker is, which has to be one. */
export default { fetch: () => new Response() }
