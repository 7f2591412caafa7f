import { env } from 'cloudflare:workers'
import { createApp } from '../../src/app'
import { resource } from '../../src/http/resource'
import { context } from './context'
import * as schema from './schema'

/** The service over the test schema's tables: the same app, other resources. */
const app = createApp([
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
])

export interface TableAnswer {
	status: number
	location: string | null
	body: unknown
}

/** Sends rows as lines, and gives the lines that come back. */
export async function askStream(method: string, path: string, rows: readonly unknown[]): Promise<unknown[]> {
	const headers = { authorization: 'Bearer first-token', 'content-type': 'application/x-ndjson' }
	const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
	const response = await app.request(path, { method, headers, body }, env, context)
	const answer = new TextDecoder().decode(await response.arrayBuffer())
	return answer
		.trim()
		.split('\n')
		.map((line): unknown => JSON.parse(line))
}

/** Asks the service, under an Idempotency-Key where one is given. */
export async function ask(
	method: string,
	path: string,
	json?: unknown,
	idempotencyKey?: string,
): Promise<TableAnswer> {
	const response = await app.request(
		path,
		{
			method,
			headers: {
				authorization: 'Bearer first-token',
				'content-type': 'application/json',
				...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
			},
			body: json === undefined ? null : JSON.stringify(json),
		},
		env,
		context,
	)
	return { status: response.status, location: response.headers.get('location'), body: await response.json() }
}
