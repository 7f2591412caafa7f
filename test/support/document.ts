import { Validator } from '@cfworker/json-schema'
import { openApiDocument } from '../../src/service/openapi'
import type { Schema } from '../../src/service/openapi/column-schema'
import type { Media, Operation } from '../../src/service/openapi/operation'
import type { Resource } from '../../src/service/resource'

/** An answer, its body parsed where it is JSON. */
export interface Answer {
	status: number
	headers: Headers
	body: unknown
	text: string
}

export async function answerOf(response: Response): Promise<Answer> {
	const { status, headers } = response
	// Not text(), which warns of NDJSON that it does not appear to be text.
	const text = new TextDecoder().decode(await response.arrayBuffer())
	const isJson = /[/+]json$/.test(headers.get('content-type') ?? '')
	const body: unknown = isJson && text !== '' ? JSON.parse(text) : text
	return { status, headers, body, text }
}

interface Documented {
	method: string
	path: string
	operation: Operation
}

/** The OpenAPI document of a service of these tables, as what its requests and answers are held against. */
export class Document {
	/** Every operation. */
	readonly operations: Documented[]
	readonly #components: ReturnType<typeof openApiDocument>['components']
	readonly #validators = new WeakMap<Schema, Validator>()

	constructor(resources: readonly Resource[]) {
		const { paths, components } = openApiDocument(resources)
		this.#components = components
		this.operations = Object.entries(paths).flatMap(([path, item]) =>
			Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
		)
	}

	/** What is wrong with a value by a schema of the document. */
	faultsOf(value: unknown, schema: Schema): string[] {
		// The references inside the schema start at the document's root.
		const validator =
			this.#validators.get(schema) ??
			new Validator({ ...schema, components: this.#components }, '2020-12', false)
		this.#validators.set(schema, validator)
		return validator
			.validate(value)
			.errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
	}

	/**
	 * Holds a request and its answer against what the document says of them.
	 * @throws Error where the document does not have the answer's status, content type or headers, where its body is of
	 * another shape, or where a parameter was taken that the document does not have.
	 */
	check(method: string, url: string, answer: Answer): void {
		const { pathname, searchParams } = new URL(url, 'https://service.test')
		const isLines = typeOf(answer) === 'application/x-ndjson'
		const matching = this.operations.filter(
			(candidate) => isStream(candidate) === isLines && patternOf(candidate).test(pathname),
		)
		const found = matching.find((candidate) => candidate.method === (method === 'HEAD' ? 'GET' : method))
		const faults = found
			? [
					...this.#faultsOfAnswer(answer, found.operation, method, pathname),
					...(answer.status < 400 ? this.#faultsOfQuery(found.operation, searchParams) : []),
				]
			: this.#faultsOfRefusal(answer, matching.length > 0)
		if (faults.length > 0) {
			throw new Error(`${method} ${url} ${answer.status} is not as documented: ${faults.join('; ')}`)
		}
	}

	#faultsOfQuery({ parameters = [] }: Operation, query: URLSearchParams): string[] {
		return [...query].flatMap(([written, text]) => {
			const name = written.replace(/\[\]$/, '')
			const parameter = parameters.find((known) => known.in === 'query' && known.name === name)
			if (!parameter) return [`no parameter ${name}`]
			const { schema } = parameter
			const readings = schema.type === 'array' ? [text.split(',')] : [text, ...jsonIn(text)]
			const faults = readings.map((value) => this.faultsOf(value, schema))
			return faults.some((wrong) => wrong.length === 0) ? [] : [`${name}: ${faults.flat().join(', ')}`]
		})
	}

	#faultsOfAnswer(answer: Answer, { responses }: Operation, method: string, pathname: string): string[] {
		const response = responses[answer.status]
		if (!response) return ['no such status']
		const type = typeOf(answer)
		const media = response.content?.[type]
		if (!media) return [`no such content type: ${type}`]
		const faults = Object.keys(response.headers ?? {}).flatMap((name) => this.#faultsOfHeader(answer, name))
		if (method === 'HEAD') return faults
		if (type !== 'application/x-ndjson') return [...faults, ...this.faultsOf(answer.body, media.schema)]
		return [...faults, ...this.#faultsOfLines(method, pathname, answer)]
	}

	#faultsOfHeader({ headers }: Answer, name: string): string[] {
		const value = headers.get(name)
		const header = Object.entries(this.#components.headers).find(([key]) => key === name)?.[1]
		if (value === null && header?.required === false) return []
		if (value === null || !header) return [`no ${name}`]
		return this.faultsOf(value, header.schema).map((fault) => `${name}: ${fault}`)
	}

	/** A line is what an item of the answer to an array is. */
	#faultsOfLines(method: string, pathname: string, { text }: Answer): string[] {
		const rows = this.operations.find(
			(candidate) => candidate.method === method && candidate.path === pathname,
		)
		const items = rows?.operation.responses[200]?.content?.['application/json']?.schema.else?.items
		if (!items) return ['no such table']
		const lines = text.split('\n').filter(Boolean)
		return lines.flatMap((line) => this.faultsOf(JSON.parse(line), items))
	}

	/** No operation is asked: the path is unknown, or has no such method. A token may be asked for first. */
	#faultsOfRefusal(answer: Answer, isKnown: boolean): string[] {
		const expected = isKnown ? [401, 405] : [404]
		if (!expected.includes(answer.status)) return ['no such operation']
		if (typeOf(answer) !== 'application/problem+json') return [`not a problem but ${typeOf(answer)}`]
		return this.faultsOf(answer.body, this.#components.schemas['Problem'] ?? {})
	}
}

/** A number or a boolean, which a query has as text. */
function jsonIn(text: string): unknown[] {
	try {
		return [JSON.parse(text)]
	} catch {
		return []
	}
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
