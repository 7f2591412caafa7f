import { env } from 'cloudflare:workers'
import type { Hono } from 'hono'
import type { AppEnv } from '../../../src/service/http/app-env'
import { context } from '../../support/context'
import { type Item, type Outcome, outcomeOf, type Row } from './outcome'
import { queryOf, requestsOf, type Step } from './step'

export type App = Hono<AppEnv>

/** Sends a step's rows together, in the form that it names; its key is the start of those of its requests. */
export async function sendTogether(app: App, table: string, step: Step, key?: string): Promise<Outcome[]> {
	const outcomes: Outcome[] = []
	for (const [i, rows] of requestsOf(step).entries()) {
		const body = step.form.as === 'stream' ? streamOf(rows, step.form.cuts) : JSON.stringify(rows)
		const text = await send(app, table, step, body, key && `${key}.${i}`)
		outcomes.push(...outcomesOf(text, rows))
	}
	return outcomes
}

/** Sends the same rows one by one, each under a key of its own. */
export async function sendSingly(app: App, table: string, step: Step, key?: string): Promise<Outcome[]> {
	const outcomes: Outcome[] = []
	for (const [i, rows] of requestsOf(step).entries()) {
		for (const [position, row] of rows.entries()) {
			const body = JSON.stringify(row)
			const text = await send(app, table, step, body, key && `${key}.${i}.${position}`)
			outcomes.push(outcomeOf(JSON.parse(text) as Item))
		}
	}
	return outcomes
}

async function send(
	app: App,
	table: string,
	step: Step,
	body: BodyInit,
	key: string | undefined,
): Promise<string> {
	const headers = {
		authorization: 'Bearer first-token',
		'content-type': typeof body === 'string' ? 'application/json' : 'application/x-ndjson',
		...(key ? { 'idempotency-key': key } : {}),
	}
	const init = { method: step.method, headers, body }
	const response = await app.request(`/${table}${queryOf(step)}`, init, env, context)
	// Not text(), which warns of NDJSON that it does not appear to be text.
	return new TextDecoder().decode(await response.arrayBuffer())
}

/** A refusal of the whole request is one of each of its rows. */
function outcomesOf(text: string, rows: readonly Row[]): Outcome[] {
	const values = text
		.trim()
		.split('\n')
		.map((line): unknown => JSON.parse(line))
	const [first] = values
	const items = (Array.isArray(first) ? first : values) as Item[]
	if (items.length === rows.length) return items.map(outcomeOf)
	const [refusal] = items
	if (!refusal || items.length > 1) throw new Error(`${items.length} answers to ${rows.length} rows`)
	return rows.map(() => outcomeOf(refusal))
}

/** The rows as lines, cut into chunks anywhere, of which each arrives a little after the one before. */
function streamOf(rows: readonly Row[], cuts: readonly number[]): ReadableStream<Uint8Array> {
	const bytes = new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
	const places = [...new Set(cuts.map((cut) => cut % bytes.length))].toSorted((a, b) => a - b)
	const starts = [0, ...places.filter((place) => place > 0)]
	let next = 0
	return new ReadableStream({
		async pull(controller) {
			const start = starts[next++]
			if (start === undefined) {
				controller.close()
				return
			}
			await new Promise((resolve) => setTimeout(resolve, 1))
			controller.enqueue(bytes.subarray(start, starts[next]))
		},
	})
}
