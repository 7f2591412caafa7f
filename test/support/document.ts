import { Validator } from '@cfworker/json-schema'
import { resources } from '../../src/resources'
import { openApiDocument } from '../../src/service/openapi'
import type { Schema } from '../../src/service/openapi/column-schema'
import type { Media, Operation } from '../../src/service/openapi/operation'
import type { Answer } from './service'

const { paths, components } = openApiDocument(resources)

interface Documented {
	method: string
	path: string
	operation: Operation
}

/** Every operation of the document. */
export const operations: Documented[] = Object.entries(paths).flatMap(([path, item]) =>
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
	const isLines = typeOf(answer) === 'application/x-ndjson'
	const matching = operations.filter(
		(candidate) => isStream(candidate) === isLines && patternOf(candidate).test(pathname),
	)
	const found = matching.find((candidate) => candidate.method === (method === 'HEAD' ? 'GET' : method))
	const faults = found
		? faultsOfAnswer(answer, found.operation, method, pathname)
		: faultsOfRefusal(answer, matching.length > 0)
	if (faults.length > 0) {
		throw new Error(`${method} ${url} ${answer.status} is not as documented: ${faults.join('; ')}`)
	}
}

function faultsOfAnswer(
	answer: Answer,
	{ responses }: Operation,
	method: string,
	pathname: string,
): string[] {
	const response = responses[answer.status]
	if (!response) return ['no such status']
	const type = typeOf(answer)
	const media = response.content?.[type]
	if (!media) return [`no such content type: ${type}`]
	const faults = Object.keys(response.headers ?? {}).flatMap((name) => faultsOfHeader(answer, name))
	if (method === 'HEAD') return faults
	if (type !== 'application/x-ndjson') return [...faults, ...faultsOf(answer.body, media.schema)]
	return [...faults, ...faultsOfLines(method, pathname, answer)]
}

function faultsOfHeader({ headers }: Answer, name: string): string[] {
	const value = headers.get(name)
	const header = Object.entries(components.headers).find(([key]) => key === name)?.[1]
	if (value === null && header?.required === false) return []
	if (value === null || !header) return [`no ${name}`]
	return faultsOf(value, header.schema).map((fault) => `${name}: ${fault}`)
}

/** A line is what an item of the answer to an array is. */
function faultsOfLines(method: string, pathname: string, { body }: Answer): string[] {
	const rows = operations.find((candidate) => candidate.method === method && candidate.path === pathname)
	const items = rows?.operation.responses[200]?.content?.['application/json']?.schema.else?.items
	if (!items) return ['no such table']
	const lines = String(body).split('\n').filter(Boolean)
	return lines.flatMap((line) => faultsOf(JSON.parse(line), items))
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

/** Streams have operations of their own, at the paths of tables. */
function isStream({ operation: { requestBody } }: Documented): boolean {
	return requestBody?.content['application/x-ndjson'] !== undefined
}

function patternOf({ path, operation }: Documented): RegExp {
	const table = operation.parameters?.find(({ name }) => name === 'table')
	const tables = `(?:${table?.schema.enum?.map(String).join('|')})`
	const pattern = path.replaceAll('.', '\\.').replaceAll('{table}', tables)
	return new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
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
