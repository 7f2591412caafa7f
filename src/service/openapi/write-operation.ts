import type { Slug } from '../http/problem'
import type { Resource } from '../resource'
import type { Examples } from './examples'
import { headers } from './headers'
import type { Media, Operation, Parameter } from './operation'
import {
	atomicParameter,
	byParameter,
	idempotencyKeyParameter,
	referenceParameters,
	wayParameters,
} from './parameters'
import { problemResponses } from './problem-schemas'
import { answerSchema, bodySchema, componentName, resultSchema, type Verb } from './row-schemas'
import type { ParentOf, View } from './view'

export const WORDS = {
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
	'An array of rows is the same request many times: rows are independent, and a bad one never stops the others, unless `atomic` makes them all or none. NDJSON is too; that has an operation of its own.'

/** How any request about a table can fail. Who is let in, and how often, an app may settle by itself. */
export function tableProblems({ hasOwnAccess }: View): Slug[] {
	const access: Slug[] = hasOwnAccess ? [] : ['unauthorized', 'rate-limited']
	return [...access, 'internal', 'misconfigured', 'database-unavailable', 'database-timeout']
}

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
	'batch-refused',
]

/** POST or PUT of a table. */
export function writeOperation(resource: Resource, verb: Verb, examples: Examples, view: View): Operation {
	const { info } = resource
	const [first] = examples.answered
	const made = first && resultOf(verb, first, true, examples.references[0])
	const { id, summary, description } = WORDS[verb]
	return {
		operationId: `${id}-${componentName(info.name)}`,
		tags: [info.name],
		summary: `${summary} rows of ${info.name}`,
		description: `${description} ${MANY}`,
		parameters: writeParameters(resource, verb, examples, view.parentOf),
		requestBody: {
			required: true,
			content: {
				'application/json': {
					schema: bodySchema(resource, verb, view.parentOf),
					...oneAndMany(examples.sent),
				},
			},
		},
		responses: {
			200: {
				description: 'The row was there; or the answers about many rows, in their order.',
				headers: headers('Server-Timing', 'Idempotency-Replayed'),
				content: {
					'application/json': {
						schema: answerSchema(resource, verb, view.parentOf),
						...oneAndMany(resultsOf(verb, examples)),
					},
				},
			},
			201: {
				description: 'The row was made, by this request and no other.',
				headers: headers('Server-Timing', 'Location', 'Idempotency-Replayed'),
				content: {
					'application/json': {
						schema: resultSchema(resource, verb, true, view.parentOf),
						...(made ? { example: made } : {}),
					},
				},
			},
			...problemResponses(
				[...WRITE_PROBLEMS, ...tableProblems(view)],
				['Server-Timing', 'Idempotency-Replayed'],
			),
		},
	}
}

export function writeParameters(
	resource: Resource,
	verb: Verb,
	examples: Examples,
	parentOf: ParentOf,
): Parameter[] {
	return [
		byParameter(resource, examples, WORDS[verb].by),
		...referenceParameters(resource, parentOf),
		...(verb === 'put' ? wayParameters(resource, examples) : []),
		atomicParameter,
		idempotencyKeyParameter,
	]
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

/** What is answered to the rows of the examples, the first of which is there already. */
export function resultsOf(verb: Verb, { answered, references }: Examples): object[] {
	return answered.map((row, index) => resultOf(verb, row, index > 0, references[index]))
}

function resultOf(
	verb: Verb,
	row: object,
	created: boolean,
	references: Examples['references'][number] = [],
): object {
	const told = references.map(({ property, row: held }) => [property, { row: held, created }])
	return {
		row,
		created,
		...(verb === 'put' ? { updated: false } : {}),
		...(told.length > 0 ? { references: Object.fromEntries(told) } : {}),
	}
}
