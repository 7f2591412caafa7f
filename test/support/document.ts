import { Validator } from '@cfworker/json-schema'
import { resources } from '../../src/resources'
import { openApiDocument } from '../../src/service/openapi'
import type { Schema } from '../../src/service/openapi/column-schema'
import type { Media, Operation, Response } from '../../src/service/openapi/operation'
import type { Answer } from './service'

const { paths, components } = openApiDocument(resources)

/** Every operation of the document. */
export const operations: { method: string; path: string; operation: Operation }[] = Object.entries(
	paths,
).flatMap(([path, item]) =>
	Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
)

const validators = new WeakMap<Schema, Validator>()

/** What is wrong with a value by a schema of the document. */
export function faultsOf(value: unknown, schema: Schema): string[] {
	// The references inside the schema start at the document's root.
	const validator = validators.get(schema) ?? new Validator({ ...schema, components }, '2020-12', false)
	validators.set(schema, validator)
	return validator
		.validate(value)
		.errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
}

/**
 * Holds an answer against what the document promises for it.
 * @throws Error where the document does not have its status, content type or headers, or its body is of another shape.
 */
export function checkAnswer(method: string, url: string, answer: Answer): void {
	const { pathname } = new URL(url, 'https://service.test')
	const name = method === 'HEAD' ? 'GET' : method
	const matching = operations.filter(({ path }) => patternOf(path).test(pathname))
	const found = matching.find((candidate) => candidate.method === name)
	const faults = found
		? faultsOfAnswer(answer, found.operation, method === 'HEAD')
		: faultsOfRefusal(answer, matching.length > 0)
	if (faults.length > 0) {
		throw new Error(`${method} ${url} ${answer.status} is not as documented: ${faults.join('; ')}`)
	}
}

function faultsOfAnswer(answer: Answer, { responses }: Operation, isHead: boolean): string[] {
	const response = responses[answer.status]
	if (!response) return ['no such status']
	const type = typeOf(answer)
	const media = response.content?.[type]
	if (!media) return [`no such content type: ${type}`]
	const faults = Object.keys(response.headers ?? {}).flatMap((name) => faultsOfHeader(answer, name))
	if (isHead) return faults
	const isLines = type === 'application/x-ndjson'
	const { value, schema } = isLines ? linesOf(answer, response) : { value: answer.body, schema: media.schema }
	return [...faults, ...faultsOf(value, schema)]
}

function faultsOfHeader({ headers }: Answer, name: string): string[] {
	const value = headers.get(name)
	const header = Object.entries(components.headers).find(([key]) => key === name)?.[1]
	if (value === null && header?.required === false) return []
	if (value === null || !header) return [`no ${name}`]
	return faultsOf(value, header.schema).map((fault) => `${name}: ${fault}`)
}

/** The lines of NDJSON as the array that they would be: each is an item of it. */
function linesOf({ body }: Answer, { content }: Response): { value: unknown[]; schema: Schema } {
	const lines = String(body).split('\n').filter(Boolean)
	const results = content?.['application/json']?.schema.oneOf?.find(({ type }) => type === 'array')
	return {
		value: lines.map((line): unknown => JSON.parse(line)),
		schema: { type: 'array', items: results?.items ?? {} },
	}
}

/** No operation is asked: the path is unknown, or has no such method. A token may be asked for first. */
function faultsOfRefusal(answer: Answer, isKnown: boolean): string[] {
	const expected = isKnown ? [401, 405] : [404]
	if (!expected.includes(answer.status)) return ['no such operation']
	if (typeOf(answer) !== 'application/problem+json') return [`not a problem but ${typeOf(answer)}`]
	return faultsOf(answer.body, components.schemas['Problem'] ?? {})
}

function typeOf({ headers }: Answer): string {
	return headers.get('content-type')?.split(';', 1)[0]?.trim() ?? 'none'
}

function patternOf(path: string): RegExp {
	return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

/** The examples of a request body or an answer, by name. */
export function examplesOf({
	example,
	examples = {},
}: Pick<Media, 'example' | 'examples'>): [name: string, value: unknown][] {
	return [
		...(example === undefined ? [] : [['example', example] as [string, unknown]]),
		...Object.entries(examples).map(([name, { value }]): [string, unknown] => [name, value]),
	]
}
