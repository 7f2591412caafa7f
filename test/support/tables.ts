import { resource } from '../../src/service/resource'
import { serve } from './app'
import { askApp, linesOf } from './ask'
import * as schema from './schema'

/** The service over the test schema's tables: the same app, other resources. */
const app = serve([
	resource(schema.memberships),
	resource(schema.tags),
	resource(schema.devices),
	resource(schema.places),
	resource(schema.samples),
	resource(schema.digests),
	resource(schema.orders),
	resource(schema.handles),
	resource(schema.drafts),
	resource(schema.tickets),
	resource(schema.audited),
	resource(schema.item),
	resource(schema.pairs),
	resource(schema.pages),
	resource(schema.tallies),
])

export interface TableAnswer {
	status: number
	location: string | null
	body: unknown
}

/** Sends rows as lines, and gives the lines that come back. */
export async function askStream(method: string, path: string, rows: readonly unknown[]): Promise<unknown[]> {
	const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
	return await linesOf(await askApp(app, method, path, { body, type: 'application/x-ndjson' }))
}

/** Asks the service, under an Idempotency-Key where one is given. */
export async function ask(
	method: string,
	path: string,
	json?: unknown,
	idempotencyKey?: string,
): Promise<TableAnswer> {
	const body = json === undefined ? undefined : JSON.stringify(json)
	const response = await askApp(app, method, path, { body, idempotencyKey })
	return { status: response.status, location: response.headers.get('location'), body: await response.json() }
}
