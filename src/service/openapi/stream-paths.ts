import type { Slug } from '../http/problem'
import type { Resource } from '../resource'
import { type Examples, examplesOf } from './examples'
import { headers } from './headers'
import type { Media, Operation, Parameter, PathItem } from './operation'
import { idempotencyKeyParameter, streamByParameter, streamWayParameters } from './parameters'
import { problemResponses } from './problem-schemas'
import type { Verb } from './row-schemas'
import type { View } from './view'
import { resultsOf, tableProblems, WORDS } from './write-operation'

/** How a stream can fail as a whole; what is wrong with a row is told in its line. */
const STREAM_PROBLEMS: Slug[] = [
	'not-found',
	'unsupported-media-type',
	'not-a-unique-key',
	'invalid-parameter',
]

/**
 * Streams, as operations of their own that all tables share: of an operation with a second media type, some generators
 * of clients send none, and others mix its text into the types of the answers. Listed under `tag`.
 */
export function streamPaths(
	resources: readonly Resource[],
	tag: string,
	view: View,
): Record<string, PathItem> {
	const [first] = resources
	if (!first) return {}
	const table: Parameter = {
		name: 'table',
		in: 'path',
		required: true,
		description: 'The table.',
		schema: { type: 'string', enum: resources.map(({ info }) => info.name) },
		example: first.info.name,
	}
	const examples = examplesOf(first, view.parentOf)
	const operation = (verb: Verb) => ({ ...streamOperation(table, verb, examples, view), tags: [tag] })
	return { '/{table}': { post: operation('post'), put: operation('put') } }
}

function streamOperation(
	table: Parameter,
	verb: Verb,
	examples: Examples,
	view: View,
): Omit<Operation, 'tags'> {
	const { id, summary, description, by } = WORDS[verb]
	return {
		operationId: `stream-${id}`,
		summary: `${summary} any number of rows`,
		description: `${description} Rows are independent, and a bad one never stops the others.`,
		parameters: [
			table,
			streamByParameter(by),
			...(verb === 'put' ? streamWayParameters() : []),
			idempotencyKeyParameter,
		],
		requestBody: {
			required: true,
			content: {
				'application/x-ndjson': ndjson('Any number of rows, one a line of at most 64 KiB.', examples.sent),
			},
		},
		responses: {
			200: {
				description: 'The answers, in the order of the rows.',
				headers: headers('Server-Timing', 'Idempotency-Replayed'),
				content: {
					'application/x-ndjson': ndjson(
						'One answer a line, as in the items of the answer to an array, while the rows are still arriving. A stream longer than one request may be ends with a `database-unavailable` problem that names the line to go on with.',
						resultsOf(verb, examples),
					),
				},
			},
			...problemResponses([...STREAM_PROBLEMS, ...tableProblems(view)], ['Server-Timing']),
		},
	}
}

function ndjson(description: string, lines: readonly object[]): Media {
	return {
		schema: { type: 'string', description },
		...(lines.length > 0 ? { example: lines.map((line) => `${JSON.stringify(line)}\n`).join('') } : {}),
	}
}
