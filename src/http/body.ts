import type { Context } from 'hono'
import { Problem } from './problem'

/** 1 MiB: what the contract allows a JSON body. */
export const MAX_BODY_BYTES = 1024 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** The body's JSON; a missing content type counts as JSON. @throws Problem */
export async function jsonBody(c: Context): Promise<unknown> {
	requireReadable(c)
	let text: string
	try {
		text = utf8.decode(await c.req.arrayBuffer())
	} catch {
		throw new Problem('malformed-json', 'The body is not valid UTF-8.')
	}
	try {
		return JSON.parse(text)
	} catch {
		throw new Problem('malformed-json', text.trim() ? 'The body is not valid JSON.' : 'The body is empty.')
	}
}

function requireReadable(c: Context): void {
	const type = (c.req.header('content-type') ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase()
	if (type !== 'application/json') {
		throw new Problem('unsupported-media-type', 'The body must be application/json.')
	}
	const encoding = c.req.header('content-encoding')
	if (encoding && encoding.toLowerCase() !== 'identity') {
		throw new Problem('unsupported-media-type', 'The body must not be compressed.')
	}
}
