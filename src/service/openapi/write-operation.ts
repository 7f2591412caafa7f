import type { Slug } from '../http/problem'
import type { Resource } from '../resource'
import type { Examples } from './examples'
import { headers } from './headers'
import type { Media, Operation } from './operation'
import { byParameter, idempotencyKeyParameter, updateParameter } from './parameters'
import { problemResponses } from './problem-schemas'
import { bodySchema, componentName, resultSchema, resultsSchema, type Verb } from './row-schemas'

const WORDS = {
	post: {
		id: 'get-or-create',
		summary: 'Get or create',
		description: 'Get the row, or make it if it is not there. Nothing is written where it is.',
		by: 'Default: every column in the body, so that you get exactly the row you described. The other columns are for creation only.',
	},
	put: {
		id: 'update-or-create',
		summary: 'Update or create',
		description:
			'Set the columns of the row, or make it if it is not there. Nothing is written where nothing differs.',
		by: 'Default: the primary key if the body has it, else the columns of every unique key that the body covers, which must all be of one row.',
	},
} satisfies Record<Verb, { id: string; summary: string; description: string; by: string }>

const MANY =
	'An array, or NDJSON, is the same request many times: rows are independent, and a bad one never stops the others.'

/** How any request about a table can fail. */
export const TABLE_PROBLEMS: Slug[] = [
	'unauthorized',
	'rate-limited',
	'internal',
	'misconfigured',
	'database-unavailable',
	'database-timeout',
]

const WRITE_PROBLEMS: Slug[] = [
	'malformed-json',
	'not-found',
	'conflict',
	'payload-too-large',
	'unsupported-media-type',
	'invalid-row',
	'not-a-unique-key',
	'invalid-parameter',
	'idempotency-mismatch',
	...TABLE_PROBLEMS,
]

/** POST or PUT of a table. */
export function writeOperation(resource: Resource, verb: Verb, examples: Examples): Operation {
	const { info } = resource
	// The second row is new, beside the first that is there.
	const resultOf = (row: object, created: boolean) => ({
		row,
		created,
		...(verb === 'put' ? { updated: false } : {}),
	})
	const [first] = examples.answered
	const made = first && resultOf(first, true)
	const results = examples.answered.map((row, index) => resultOf(row, index > 0))
	const { id, summary, description } = WORDS[verb]
	return {
		operationId: `${id}-${componentName(info.name)}`,
		tags: [info.name],
		summary: `${summary} rows of ${info.name}`,
		description: `${description} ${MANY}`,
		parameters: [
			byParameter(resource, examples, WORDS[verb].by),
			...(verb === 'put' ? [updateParameter(resource, examples)] : []),
			idempotencyKeyParameter,
		],
		requestBody: {
			required: true,
			content: {
				'application/json': { schema: bodySchema(resource, verb), ...oneAndMany(examples.sent) },
				'application/x-ndjson': ndjson('Any number of rows, one a line of at most 64 KiB.', examples.sent),
			},
		},
		responses: {
			200: {
				description: 'The row was there; or the answers about many rows, in their order.',
				headers: headers('Server-Timing', 'Idempotency-Replayed'),
				content: {
					'application/json': {
						schema: { oneOf: [resultSchema(resource, verb, false), resultsSchema(resource, verb)] },
						...oneAndMany(results),
					},
					'application/x-ndjson': ndjson(
						'One answer a line, as in the items of the array, while the rows are still arriving. A stream longer than one request may be ends with a `database-unavailable` problem that names the line to go on with.',
						results,
					),
				},
			},
			201: {
				description: 'The row was made, by this request and no other.',
				headers: headers('Server-Timing', 'Location', 'Idempotency-Replayed'),
				content: {
					'application/json': {
						schema: resultSchema(resource, verb, true),
						...(made ? { example: made } : {}),
					},
				},
			},
			...problemResponses(WRITE_PROBLEMS, ['Server-Timing', 'Idempotency-Replayed']),
		},
	}
}

function oneAndMany(rows: readonly object[]): Pick<Media, 'examples'> {
	const [first] = rows
	if (!first) return {}
	return {
		examples: {
			row: { summary: 'One row', value: first },
			rows: { summary: 'Many rows', value: rows },
		},
	}
}

function ndjson(description: string, lines: readonly object[]): Media {
	return {
		schema: { type: 'string', description },
		...(lines.length > 0 ? { example: lines.map((line) => `${JSON.stringify(line)}\n`).join('') } : {}),
	}
}
