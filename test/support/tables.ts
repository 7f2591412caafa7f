import { resource } from '../../src/service/resource'
import { serve } from './app'
import { askApp, linesIn, type Sent } from './ask'
import { type Answer, answerOf, Document } from './document'
import * as schema from './schema'

/** The test schema's tables. */
const resources = [
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
]

/** The service over them. */
const app = serve(resources)
const document = new Document(resources)

export interface TableAnswer {
	status: number
	location: string | null
	body: unknown
}

/** Sends rows as lines, and gives the lines that come back. */
export async function askStream(method: string, path: string, rows: readonly unknown[]): Promise<unknown[]> {
	const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
	const { text } = await asked(method, path, { body, type: 'application/x-ndjson' })
	return linesIn(text)
}

/** Asks the service, under an Idempotency-Key where one is given. */
export async function ask(
	method: string,
	path: string,
	json?: unknown,
	idempotencyKey?: string,
): Promise<TableAnswer> {
	const body = json === undefined ? undefined : JSON.stringify(json)
	const answer = await asked(method, path, { body, idempotencyKey })
	return { status: answer.status, location: answer.headers.get('location'), body: answer.body }
}

/** Request and answer are as documented. */
async function asked(method: string, path: string, sent: Sent): Promise<Answer> {
	const answer = await answerOf(await askApp(app, method, path, sent))
	document.check(method, path, answer)
	return answer
}
