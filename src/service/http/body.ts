import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Problem } from './problem'

/** What the contract allows a JSON body. A stream of NDJSON may be of any length, in lines of at most 64 KiB. */
const MAX_BODY_BYTES = 1024 * 1024
export const MAX_ROWS = 1000

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** How a body is to be read. @throws Problem for a type or an encoding that isn't understood. */
export function bodyTypeOf(c: Context): 'json' | 'ndjson' {
	const encoding = c.req.header('content-encoding')
	if (encoding && encoding.toLowerCase() !== 'identity') {
		throw new Problem('unsupported-media-type', 'The body must not be compressed.')
	}
	// A missing content type counts as JSON.
	const type = (c.req.header('content-type') ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase()
	if (type === 'application/json') return 'json'
	if (type === 'application/x-ndjson') return 'ndjson'
	throw new Problem('unsupported-media-type', 'The body must be application/json or application/x-ndjson.')
}

const limitJson = bodyLimit({
	maxSize: MAX_BODY_BYTES,
	onError: () => {
		throw new Problem('payload-too-large', 'The body is larger than 1 MiB.')
	},
})

/** The body's JSON; one that is too large is refused before it is read whole. @throws Problem */
export async function jsonBody(c: Context): Promise<unknown> {
	let bytes = new ArrayBuffer()
	try {
		await limitJson(c, async () => {
			bytes = await c.req.arrayBuffer()
		})
	} catch (error) {
		if (error instanceof Problem) throw error
		// The connection ended before the body did, or its chunks are none.
		throw new Problem('malformed-json', 'The body did not arrive whole.')
	}
	let text: string
	try {
		text = utf8.decode(bytes)
	} catch {
		throw notUtf8('body')
	}
	return parseJson(text, 'body')
}

export function notUtf8(name: 'body' | 'line'): Problem {
	return new Problem('malformed-json', `The ${name} is not valid UTF-8.`)
}

/** @throws Problem that says what is wrong with the text. */
export function parseJson(text: string, name: 'body' | 'line'): unknown {
	try {
		return JSON.parse(text)
	} catch {
		throw new Problem(
			'malformed-json',
			text.trim() ? `The ${name} is not valid JSON.` : `The ${name} is empty.`,
		)
	}
}
