import type { Slug } from '../http/problem'
import type { Resource } from '../resource'
import type { Examples } from './examples'
import { headers } from './headers'
import type { Media, Operation } from './operation'
import { problemResponses } from './problem-schemas'
import { componentName, manySchema, resultsSchema, type Verb } from './row-schemas'
import type { View } from './view'
import { resultsOf, tableProblems, WORDS, writeParameters } from './write-operation'

/** How an array can fail as a whole; what is wrong with a row is told in its place. */
const ARRAY_PROBLEMS: Slug[] = [
	'malformed-json',
	'payload-too-large',
	'unsupported-media-type',
	'not-a-unique-key',
	'invalid-parameter',
	'batch-refused',
]

/** POST or PUT of a table, as what it is to who sends an array. */
export function arrayOperation(resource: Resource, verb: Verb, examples: Examples, view: View): Operation {
	const { name } = resource.info
	const { id, summary, description } = WORDS[verb]
	return {
		operationId: `${id}-many-${componentName(name)}`,
		tags: [name],
		summary: `${summary} many rows of ${name}`,
		description: `${description} Rows are independent, and a bad one never stops the others, unless \`atomic\` makes them all or none.`,
		parameters: writeParameters(resource, verb, examples, view.parentOf),
		requestBody: {
			required: true,
			content: { 'application/json': media(manySchema(resource, verb), examples.sent) },
		},
		responses: {
			200: {
				description: 'The answers, in the order of the rows.',
				headers: headers('Server-Timing', 'Idempotency-Replayed'),
				content: {
					'application/json': media(resultsSchema(resource, verb, view.parentOf), resultsOf(verb, examples)),
				},
			},
			...problemResponses(
				[...ARRAY_PROBLEMS, ...tableProblems(view)],
				['Server-Timing', 'Idempotency-Replayed'],
			),
		},
	}
}

function media(schema: Media['schema'], rows: readonly object[]): Media {
	return { schema, ...(rows.length > 0 ? { example: rows } : {}) }
}
