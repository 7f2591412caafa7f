import type { Conflict, Fault } from '../../get-or-create/errors'

/** What can go wrong, by slug: the contract's table. `advice` is what `/problems/{slug}` tells a person to do. */
export const PROBLEMS = {
	'malformed-json': {
		status: 400,
		title: 'The body is not JSON',
		advice: 'Send the row as a JSON object, or rows as an array of them, in UTF-8.',
	},
	unauthorized: {
		status: 401,
		title: 'A valid bearer token is needed',
		advice: 'Send `Authorization: Bearer <token>` with one of the tokens in the API_TOKENS secret.',
	},
	'not-found': {
		status: 404,
		title: 'There is nothing here',
		advice: 'Check the path and the key. To make a row that is not there, POST it.',
	},
	'method-not-allowed': {
		status: 405,
		title: 'The method is not allowed here',
		advice: 'Use one of the methods that the Allow header lists.',
	},
	conflict: {
		status: 409,
		title: 'Another row holds a unique value',
		advice:
			'`conflicts` lists each unique key that a different row holds, and in which of the columns you asked by that row differs. Ask by fewer columns with `?by=`, or send other values. Nothing was written.',
	},
	'payload-too-large': {
		status: 413,
		title: 'The body is too large',
		advice:
			'Send at most 1 MiB and 1,000 rows of JSON. As `application/x-ndjson` any number of rows goes, one a line, each of at most 64 KiB.',
	},
	'unsupported-media-type': {
		status: 415,
		title: 'The body is of a type that is not understood',
		advice: 'Send `Content-Type: application/json` or `application/x-ndjson`, and no Content-Encoding.',
	},
	'invalid-row': {
		status: 422,
		title: 'The row cannot be stored as it is',
		advice:
			'`errors` names every fault at once: a JSON pointer to the place, and what is wrong there. Nothing was written.',
	},
	'not-a-unique-key': {
		status: 422,
		title: 'The columns asked by hold no unique key',
		advice:
			'Without a unique key the database could not decide who is first. `keys` lists what would do: name at least one of them whole in `by`, or in the filter of a GET.',
	},
	'invalid-parameter': {
		status: 422,
		title: 'A query parameter is wrong',
		advice: 'The detail names the parameter and what it may be.',
	},
	'idempotency-mismatch': {
		status: 422,
		title: 'The idempotency key was used for another request',
		advice:
			'A key stands for one request, for 24 hours: repeat that one, as it was, or send this one under a key of its own. Nothing was written.',
	},
	'batch-refused': {
		status: 422,
		title: 'Rows that are to be done all or none were refused',
		advice:
			'`refused` names each row that was refused, by its place in the array, and its problem. Mend these, or leave out `atomic=true` to have each row by itself. Nothing was written.',
	},
	'rate-limited': {
		status: 429,
		title: 'Too many requests',
		advice:
			'Send fewer requests with this token: try again after the seconds in Retry-After, and send many rows as one array or stream. Nothing was written.',
	},
	internal: {
		status: 500,
		title: 'Something went wrong here',
		advice: 'It is a fault of the service. Its log has the cause under the request id.',
	},
	misconfigured: {
		status: 500,
		title: 'The service is not configured',
		advice: 'A setting is missing or wrong. The log of the service says which.',
	},
	'database-unavailable': {
		status: 503,
		title: 'The database cannot be reached',
		advice:
			'Try again after the seconds in Retry-After: asking for the same row twice never makes two. Only what adds to a column could add twice: send that under an `Idempotency-Key`.',
	},
	'database-timeout': {
		status: 504,
		title: 'The database did not answer in time',
		advice:
			'The row may or may not be there by now. Ask again: asking for the same row twice never makes two. Only what adds to a column could add twice: send that under an `Idempotency-Key`.',
	},
} as const satisfies Record<string, { status: number; title: string; advice: string }>

export type Slug = keyof typeof PROBLEMS

export interface Extras {
	conflicts?: Conflict[]
	errors?: Fault[]
	keys?: string[][]
	/** The rows that were refused, by their places among all. */
	refused?: { index: number; problem: ProblemBody }[]
}

/** The members of RFC 9457, section 3.1, with our extensions behind them. */
export interface ProblemBody extends Extras {
	type: string
	title: string
	status: number
	detail: string
	requestId: string
}

/** A refusal, thrown by whoever finds the reason and turned into RFC 9457 problem+json in one place. */
export class Problem extends Error {
	override readonly name = 'Problem'
	constructor(
		readonly slug: Slug,
		/** One sentence of ours for this occurrence. */
		readonly detail: string,
		readonly extras: Omit<Extras, 'refused'> & { refused?: { index: number; problem: Problem }[] } = {},
		readonly headers: Record<string, string> = {},
	) {
		super(`${slug}: ${detail}`)
	}

	get status() {
		return PROBLEMS[this.slug].status
	}

	/** `prefix` is where the service is mounted. */
	body(requestId: string, prefix: string): ProblemBody {
		const { title, status } = PROBLEMS[this.slug]
		const type = `${prefix}/problems/${this.slug}`
		const { refused, ...extras } = this.extras
		return {
			type,
			title,
			status,
			detail: this.detail,
			requestId,
			...extras,
			...(refused && {
				refused: refused.map(({ index, problem }) => ({ index, problem: problem.body(requestId, prefix) })),
			}),
		}
	}
}

/** There is nothing at a path. */
export function nowhere(): never {
	throw new Problem('not-found', 'There is nothing at this path.')
}
