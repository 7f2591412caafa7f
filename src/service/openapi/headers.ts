import type { Schema } from './column-schema'

export interface Header {
	required: boolean
	description: string
	schema: Schema
	example?: string
}

export type HeaderName = keyof typeof HEADERS

/** Every header that an answer may promise. */
export const HEADERS = {
	'X-Request-Id': header(
		'The id you sent, where it was a sane one, or one made up here. The log has it too.',
	),
	'Server-Timing': header('How long the request waited for the database, in milliseconds.', '^db;dur='),
	'Idempotency-Replayed': {
		...header('The request was done before, under the same Idempotency-Key.', '^true$'),
		required: false,
	},
	Location: {
		...header('Where the new row can be read. It is left out where its keys are too long for a URL.'),
		required: false,
	},
	Allow: { ...header('The methods that the path has.'), example: 'GET, HEAD' },
	'Retry-After': { ...header('In seconds.', String.raw`^\d+$`), example: '1' },
	'WWW-Authenticate': { ...header('The scheme to use.', '^Bearer'), example: 'Bearer' },
} satisfies Record<string, Header>

/** References to these headers; X-Request-Id is on every answer. */
export function headers(...names: HeaderName[]): Record<string, { $ref: string }> {
	const all: HeaderName[] = ['X-Request-Id', ...names]
	return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

function header(description: string, pattern?: string): Header {
	return { required: true, description, schema: { type: 'string', ...(pattern ? { pattern } : {}) } }
}
