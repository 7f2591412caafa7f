import * as v from 'valibot'
import { StartError } from '../server.ts'
import { agreedTo, change, type Mode, step } from './steps.ts'
import { say } from './terminal.ts'

/** A new address takes a while to be known everywhere, and to have its certificate. */
const PATIENCE_MS = 90_000
const PAUSE_MS = 2000
const ANSWER_MS = 20_000

const problem = v.object({ type: v.string(), detail: v.string() })
const document = v.object({ paths: v.record(v.string(), v.unknown()) })
/** A path whose POST has an example of one row. */
const table = v.object({
	post: v.object({
		requestBody: v.object({
			content: v.object({
				'application/json': v.object({
					examples: v.object({ row: v.object({ value: v.record(v.string(), v.unknown()) }) }),
				}),
			}),
		}),
	}),
})

/** Asks the Worker whether it can do its work, and then, where that is wanted, for one row. @throws StartError */
export async function firstRequest(
	mode: Mode,
	origin: string | undefined,
	token: string | undefined,
): Promise<void> {
	step(
		'First request',
		'GET /healthz proves that the Worker reads and writes its database, and leaves nothing there.',
	)
	const at = origin ?? 'https://…'
	await change(mode, `curl ${at}/healthz`, async () => say(`   ${await healthAt(at)}`))
	if (!mode.post) return
	if (token === undefined) {
		return say(
			'   No POST: the API_TOKENS that are there can be read by nobody. Give them in the environment to have it made.',
		)
	}
	const row = mode.dryRun ? { path: '/{table}', body: '{…}' } : await exampleAt(at)
	if (!row) return say(`   No POST: ${at}/openapi.json has no example of a row that could be made.`)
	const { path, body } = row
	const command = `curl ${at}${path} -H 'Authorization: Bearer …' -H 'Content-Type: application/json' -d '${body}'`
	say(`   A POST then gets this row, or makes it, and it stays there:\n     ${command}`)
	if (!(await agreedTo(mode, 'Shall it be sent?'))) return
	await change(mode, command, async () => {
		const response = await fetch(`${at}${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body,
			signal: AbortSignal.timeout(ANSWER_MS),
		})
		say(`   ${response.status} ${await response.text()}`)
		if (!response.ok) throw new StartError('The Worker is deployed, and refuses the row: see above.')
	})
}

async function healthAt(origin: string): Promise<string> {
	const deadline = Date.now() + PATIENCE_MS
	for (;;) {
		const answer = await get(`${origin}/healthz`).catch((error: unknown) => {
			return { status: 0, text: error instanceof Error ? error.message : String(error) }
		})
		if (answer.status === 200) return `200 ${answer.text}`
		const told = v.safeParse(v.pipe(v.string(), v.parseJson(), problem), answer.text)
		// What the service itself says is its answer; anything else may be an address that is not there yet.
		if (told.success || Date.now() > deadline) {
			throw new StartError(
				told.success
					? `The Worker is deployed and can't do its work: ${answer.status} ${told.output.type}: ${told.output.detail} "npx wrangler tail" shows the cause while you ask again.`
					: `The Worker is deployed, and nothing of it answers at ${origin} yet (${answer.status} ${answer.text.slice(0, 80)}). A new address may take minutes: run it again then.`,
			)
		}
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
	}
}

/** The row that the service's own document gives as an example, of its first table. */
async function exampleAt(origin: string): Promise<{ path: string; body: string } | undefined> {
	const { text } = await get(`${origin}/openapi.json`)
	const { paths } = v.parse(v.pipe(v.string(), v.parseJson(), document), text)
	for (const [path, operations] of Object.entries(paths)) {
		const { success, output } = v.safeParse(table, operations)
		if (!success) continue
		return {
			path,
			body: JSON.stringify(output.post.requestBody.content['application/json'].examples.row.value),
		}
	}
	return undefined
}

async function get(url: string): Promise<{ status: number; text: string }> {
	const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })
	return { status: response.status, text: await response.text() }
}
