import { PROBLEMS, type Slug } from '../http/problem'
import type { Schema } from './column-schema'
import { type HeaderName, headers } from './headers'
import type { Response } from './operation'
import { schemaExample } from './schema-example'

const names: Schema = { type: 'array', items: { type: 'string' } }

/** What a problem carries beyond the members of RFC 9457. */
export function extrasOf(slug: Slug, prefix: string): Record<string, Schema> {
	if (slug === 'batch-refused') return { refused: refusedRows(prefix) }
	return EXTRAS[slug] ?? {}
}

const EXTRAS: { [slug in Slug]?: Record<string, Schema> } = {
	conflict: {
		conflicts: {
			type: 'array',
			description:
				'Each unique key that a different row holds, and which of the columns asked by differ there.',
			items: closed({ key: names, differs: names }),
			examples: [[{ key: ['name'], differs: ['email'] }]],
		},
	},
	'invalid-row': {
		errors: {
			type: 'array',
			description: 'Every fault at once: a JSON pointer (RFC 6901) to the place, and what is wrong there.',
			items: closed({ pointer: { type: 'string' }, detail: { type: 'string' } }),
			examples: [
				[
					{ pointer: '/name', detail: 'is missing' },
					{ pointer: '/email', detail: 'must have at most 50 characters' },
				],
			],
		},
	},
	'not-a-unique-key': {
		keys: {
			type: 'array',
			description: 'The unique keys that would do.',
			items: names,
			examples: [[['id'], ['name'], ['email']]],
		},
	},
}

function refusedRows(prefix: string): Schema {
	const problem: Schema = {
		$ref: '#/components/schemas/Problem',
		examples: [schemaExample(problemSchema('invalid-row', prefix))],
	}
	return {
		type: 'array',
		description: 'Each row that was refused, by its place in the array, and its problem.',
		items: closed({ index: { type: 'integer', minimum: 0, examples: [3] }, problem }),
	}
}

/** The headers that answers of a status have beside those of every answer. */
export const PROBLEM_HEADERS: Readonly<Record<number, readonly HeaderName[]>> = {
	401: ['WWW-Authenticate'],
	405: ['Allow'],
	429: ['Retry-After'],
	503: ['Retry-After'],
}

/** One schema a slug, and the one that all of them are, under the addresses of a service that is mounted at `prefix`. */
export function problemSchemas(prefix: string): Record<string, Schema> {
	const slugs = Object.keys(PROBLEMS).filter(isSlug)
	return {
		Problem: {
			description: 'RFC 9457. Its type is the address of a page that explains it.',
			type: 'object',
			properties: members(
				{ type: 'string', enum: slugs.map((slug) => typeOf(slug, prefix)) },
				{ type: 'string' },
				{ type: 'integer' },
			),
			required: MEMBERS,
		},
		...Object.fromEntries(slugs.map((slug) => [`Problem.${slug}`, problemSchema(slug, prefix)])),
	}
}

/** The responses of an operation that can fail in these ways, by status. */
export function problemResponses(
	slugs: readonly Slug[],
	more: readonly HeaderName[] = [],
): Record<string, Response> {
	const byStatus = Map.groupBy(slugs, (slug) => PROBLEMS[slug].status)
	return Object.fromEntries(
		[...byStatus].map(([status, causes]) => {
			const schemas = causes.map((slug): Schema => ({ $ref: `#/components/schemas/Problem.${slug}` }))
			const [schema = {}, ...others] = schemas
			return [
				status,
				{
					description: causes.map((slug) => `\`${slug}\`: ${PROBLEMS[slug].title}.`).join(' '),
					headers: headers(...more, ...(PROBLEM_HEADERS[status] ?? [])),
					content: {
						'application/problem+json': { schema: others.length > 0 ? { oneOf: schemas } : schema },
					},
				},
			]
		}),
	)
}

const MEMBERS = ['type', 'title', 'status', 'detail', 'requestId']

/** What a problem with this slug looks like, to the last member. */
export function problemSchema(slug: Slug, prefix: string): Schema {
	const { status, title, advice } = PROBLEMS[slug]
	const type: Schema = { type: 'string', const: typeOf(slug, prefix) }
	const properties = members(type, { type: 'string', const: title }, { type: 'integer', const: status })
	return { description: advice, ...closed({ ...properties, ...extrasOf(slug, prefix) }) }
}

function members(type: Schema, title: Schema, status: Schema): Record<string, Schema> {
	const requestId: Schema = { type: 'string', description: 'What the log knows the request by.' }
	return { type, title, status, detail: { type: 'string' }, requestId }
}

/** An object of exactly these properties. */
export function closed(properties: Record<string, Schema>): Schema {
	return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

function typeOf(slug: Slug, prefix: string): string {
	return `${prefix}/problems/${slug}`
}

export function isSlug(slug: string): slug is Slug {
	return Object.hasOwn(PROBLEMS, slug)
}
