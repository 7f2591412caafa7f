import { PROBLEMS } from '../http/problem'
import { headers } from './headers'
import type { Media, Operation, Parameter, PathItem } from './operation'
import { closed, problemResponses } from './problem-schemas'

/** The paths of the service itself, which need no token; listed under `tag`. */
export function servicePaths(tag: string): Record<string, PathItem> {
	const text: Media = { schema: { type: 'string' } }
	return {
		'/healthz': {
			get: {
				...page(
					tag,
					'health',
					'Whether the service can do its work: the database takes writes, and every table is as the schema says',
					'It can.',
					{
						'application/json': { schema: closed({ status: { type: 'string', const: 'ok' } }) },
					},
					problemResponses(['internal', 'misconfigured', 'database-unavailable', 'database-timeout']),
				),
				parameters: [flag('read', 'Looks only at what reads need.')],
			},
		},
		'/openapi.json': {
			get: {
				...page(tag, 'openapi', 'This document', 'OpenAPI 3.1.', {
					'application/json': { schema: { type: 'object' } },
				}),
				parameters: [
					flag(
						'arrays',
						'Describes POST and PUT as what they are to an array of rows, for clients that are generated.',
					),
				],
			},
		},
		'/docs': { get: page(tag, 'docs', 'This document, to read', 'A page.', { 'text/html': text }) },
		'/problems/{slug}': {
			get: {
				...page(
					tag,
					'problem',
					'What a problem means and what to do',
					'An explanation.',
					{
						'text/html': text,
						'text/plain': text,
					},
					problemResponses(['not-found']),
				),
				parameters: [
					{
						name: 'slug',
						in: 'path',
						required: true,
						description: 'The end of the `type` of a problem.',
						schema: { type: 'string', enum: Object.keys(PROBLEMS) },
						example: 'conflict',
					},
				],
			},
		},
	}
}

/** A query parameter that is there or not. */
function flag(name: string, description: string): Parameter {
	return { name, in: 'query', required: false, description, schema: { type: 'string' }, example: '' }
}

function page(
	tag: string,
	operationId: string,
	summary: string,
	description: string,
	content: Record<string, Media>,
	problems: Operation['responses'] = {},
): Operation {
	return {
		operationId,
		tags: [tag],
		summary,
		security: [],
		responses: { 200: { description, headers: headers(), content }, ...problems },
	}
}
