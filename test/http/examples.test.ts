import { is, SQL } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { ColumnInfo } from '../../src/get-or-create/table'
import { openApiDocument } from '../../src/http/openapi'
import type { Operation, Parameter } from '../../src/http/openapi/operation'
import { tablePath } from '../../src/http/path'
import type { Resource } from '../../src/http/resource'
import { documentedBy } from '../beside-drizzle/documented'
import { ask, empty, linesIn, makeParents, served } from '../support/example-service'

type Row = Record<string, unknown>
type Verb = 'post' | 'put'
/** Of one row, of an array, of NDJSON. */
type Example = 'row' | 'rows' | 'lines'

// As whoever reads it has it.
const document = JSON.parse(JSON.stringify(openApiDocument(served))) as ReturnType<typeof openApiDocument>
const documented = documentedBy(JSON.parse(JSON.stringify(document)))

/** What only the database knows refuses their examples, changes a key, or stores what can't be read. */
const RULED = ['keyed_by_json_together', 'tree_by_primary_together', 'lowercased_together', 'stamped']
/** Columns that triggers change. */
const CHANGED = { audited: ['total'], filled_by_trigger_together: ['other'] }
/** Tables without room for two rows, or of which no second one is known. */
const ONE_ROW = ['custom_point', 'empty_texts', 'hidden_keys', 'sole_choices']
/** Nobody can guess what a column takes. */
const NO_ROW = ['moods']

interface Subject {
	name: string
	resource: Resource
	path: string
	post: Operation
	put: Operation
	find: Operation
	/** The path of a single row, with the example of its key. */
	read: string | undefined
}

const subjects = served.map((resource): Subject => {
	const { name } = resource.info
	const path = tablePath(name)
	const { post, put, get: find } = document.paths[path] ?? {}
	if (!post || !put || !find) throw new Error(`the document lacks an operation of ${name}`)
	const id = document.paths[`${path}/{id}`]?.get?.parameters?.[0]?.example
	const read = id === undefined ? undefined : `${path}/${encodeURIComponent(String(id))}`
	return { name, resource, path, post, put, find, read }
})
const working = subjects.filter(({ name }) => ![...RULED, ...NO_ROW].includes(name))

function sentIn({ requestBody }: Operation, example: Example): unknown {
	const { content = {} } = requestBody ?? {}
	if (example === 'lines') return content['application/x-ndjson']?.example
	return content['application/json']?.examples?.[example]?.value
}

function rowsIn(operation: Operation): Row[] {
	return (sentIn(operation, 'rows') ?? []) as Row[]
}

function answerIn({ responses }: Operation, status: number, name: Example = 'row'): unknown {
	const { content = {} } = responses[status] ?? {}
	if (name === 'lines') return linesIn(String(content['application/x-ndjson']?.example))
	const { example, examples } = content['application/json'] ?? {}
	return examples ? examples[name]?.value : example
}

/** The answer with a word in the place of what is made up, which nobody knows before. */
function known({ name, resource, post }: Subject, answer: unknown): unknown {
	const changed = Object.entries(CHANGED).flatMap(([table, columns]) => (table === name ? columns : []))
	const given = Object.keys(rowsIn(post)[0] ?? {})
	const madeUp = resource.visible.filter((info) => !given.includes(info.property) && isMadeUp(info))
	const unknown = new Set([...changed, ...madeUp.map(({ property }) => property)])
	const inRow = (row: Row) =>
		Object.fromEntries(
			Object.entries(row).map(([property, value]) => [property, unknown.has(property) ? 'made up' : value]),
		)
	const inResult = ({ row, ...rest }: Row) => ({ ...rest, row: inRow((row ?? {}) as Row) })
	if (Array.isArray(answer)) return answer.map(inResult)
	const result = answer as Row
	return 'created' in result ? inResult(result) : inRow(result)
}

function isMadeUp({ column }: ColumnInfo): boolean {
	const { generated, default: constant, defaultFn, onUpdateFn } = column
	if (generated || is(constant, SQL)) return true
	return (constant === undefined || constant === null) && (defaultFn ?? onUpdateFn) !== undefined
}

/** The examples of all query parameters, as a URL has them. */
function queryOf({ parameters = [] }: Operation): string {
	const pairs = parameters.flatMap(({ name, in: place, example }: Parameter) =>
		place === 'query' && example !== undefined ? [[name, [example].flat().join()]] : [],
	)
	return `?${new URLSearchParams(pairs)}`
}

/** Sends an example, and holds it and its answer against the document and the example of an answer. */
async function send(
	subject: Subject,
	verb: Verb,
	example: Example,
	expected: number,
	query = '',
): Promise<void> {
	const { path, [verb]: operation } = subject
	const sent = sentIn(operation, example)
	const isLines = example === 'lines'
	const [body, type] = isLines
		? [String(sent), 'application/x-ndjson']
		: [JSON.stringify(sent), 'application/json']
	const { status, body: answer } = await ask(verb, `${path}${query}`, body, type)
	const faults = [
		documented.sent(verb, path, isLines ? linesIn(body) : sent),
		documented.answered(verb, path, status, answer),
	]
	expect({ body, status, answer: known(subject, answer), faults: faults.flat() }).toEqual({
		body,
		status: expected,
		answer: known(subject, answerIn(operation, expected, example)),
		faults: [],
	})
}

async function find(subject: Subject, path: string): Promise<void> {
	const { status, body } = await ask('get', path)
	expect({ path, status, body: known(subject, body) }).toEqual({
		path,
		status: 200,
		body: known(subject, answerIn(subject.find, 200)),
	})
	expect(documented.answered('get', subject.path, 200, body)).toEqual([])
}

describe('the examples of every table', () => {
	it.concurrent.each(working)('are taken and answered as they are: $name', async (subject) => {
		const { resource, path, post, read } = subject
		await makeParents(resource.table, rowsIn(post))
		for (const verb of ['post', 'put'] as const) {
			await empty(resource.table)
			await send(subject, verb, 'row', 201)
			await send(subject, verb, 'row', 200)
			await send(subject, verb, 'rows', 200)
			await find(subject, path + queryOf(subject.find))
			if (read !== undefined) await find(subject, read)
			await empty(resource.table)
			await send(subject, verb, 'row', 201, queryOf(subject[verb]))
			await send(subject, verb, 'lines', 200, queryOf(subject[verb]))
		}
	})

	it.concurrent.each(working)('are as many rows as there is room for: $name', async (subject) => {
		const rows = rowsIn(subject.post)
		expect(rows).toHaveLength(ONE_ROW.includes(subject.name) ? 1 : 2)
	})
})

describe('the parameters of every table', () => {
	const columnsIn = ({ parameters = [] }: Operation, name: string) =>
		parameters.find((parameter) => parameter.name === name)?.schema.items?.enum

	it.each(subjects)('offer no column that the database computes: $name', ({ resource, post, put }) => {
		const writable = resource.visible.filter(({ column }) => !column.generated)
		const names = writable.map(({ property }) => property)
		expect([columnsIn(post, 'by'), columnsIn(put, 'by'), columnsIn(put, 'update')]).toEqual([
			names,
			names,
			names,
		])
	})
})
