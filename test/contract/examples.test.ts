import { is, SQL } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { ColumnInfo } from '../../src/get-or-create/table'
import { tablePath } from '../../src/service/http/path'
import { openApiDocument } from '../../src/service/openapi'
import { exampleValue } from '../../src/service/openapi/example-value'
import type { Operation, Parameter } from '../../src/service/openapi/operation'
import type { Resource } from '../../src/service/resource'
import { documentedBy } from '../heart/beside-drizzle/documented'
import { Document, examplesOf } from '../support/document'
import { ask, empty, makeParents, served } from '../support/example-service'

type Row = Record<string, unknown>
type Verb = 'post' | 'put'
/** Of one row, of an array, of NDJSON. */
type Example = 'row' | 'rows' | 'lines'

// As whoever reads it has it.
const document = JSON.parse(JSON.stringify(openApiDocument(served))) as ReturnType<typeof openApiDocument>
const checked = new Document(served)
const documented = documentedBy(JSON.parse(JSON.stringify(document)))

/** What only the database knows refuses their examples, changes a key, or stores what can't be read. */
const RULED = ['keyed_by_json_together', 'tree_by_primary_together', 'lowercased_together', 'stamped']
/** The database reads a column as JSON, and only JSON will do. */
const READ = ['read_as_json_together']
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
	const { post, put, get } = document.paths[path] ?? {}
	if (!post || !put || !get) throw new Error(`the document lacks an operation of ${name}`)
	const id = document.paths[`${path}/{id}`]?.get?.parameters?.[0]?.example
	const read = id === undefined ? undefined : `${path}/${encodeURIComponent(String(id))}`
	return { name, resource, path, post, put, find: get, read }
})
const working = subjects.filter(({ name }) => ![...RULED, ...NO_ROW].includes(name))

function sentIn({ requestBody }: Operation, example: Example): unknown {
	const { content = {} } = requestBody ?? {}
	const { examples } = content['application/json'] ?? {}
	// A stream has the same rows, one a line.
	if (example === 'lines') return ((examples?.['rows']?.value ?? []) as Row[]).map(lineOf).join('')
	return examples?.[example]?.value
}

function lineOf(row: Row): string {
	return `${JSON.stringify(row)}\n`
}

function rowsIn(operation: Operation): Row[] {
	return (sentIn(operation, 'rows') ?? []) as Row[]
}

function answerIn({ responses }: Operation, status: number, name: Example = 'row'): unknown {
	const { content = {} } = responses[status] ?? {}
	const { example, examples } = content['application/json'] ?? {}
	return examples ? examples[name === 'lines' ? 'rows' : name]?.value : example
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

interface Answer {
	/** What was asked. */
	asked: string
	status: number
	body: unknown
	/** In which the body is not as the document says. */
	faults: string[]
}

/** What comes of an example that is sent. */
async function answerTo(subject: Subject, verb: Verb, example: Example, query: string): Promise<Answer> {
	const sent = sentIn(subject[verb], example)
	const [text, type] =
		example === 'lines' ? [String(sent), 'application/x-ndjson'] : [JSON.stringify(sent), 'application/json']
	const { status, body } = await ask(verb, subject.path + query, text, type)
	const faults = documented.answered(verb, subject.path, status, body)
	return { asked: text, status, body: known(subject, body), faults }
}

/** What comes of it by the document. */
function exampleOf(subject: Subject, verb: Verb, example: Example, status: number): Answer {
	const sent = sentIn(subject[verb], example)
	return {
		asked: example === 'lines' ? String(sent) : JSON.stringify(sent),
		status,
		body: known(subject, answerIn(subject[verb], status, example)),
		faults: [],
	}
}

/** What is sent to an empty table, one after the other: as it is, and with the examples of all parameters. */
const ROUNDS: { examples: [Example, status: number][]; isAsked: boolean }[] = [
	{
		examples: [
			['row', 201],
			['row', 200],
			['rows', 200],
		],
		isAsked: false,
	},
	{
		examples: [
			['row', 201],
			['lines', 200],
		],
		isAsked: true,
	},
]

describe('the examples of every table', () => {
	const both = working.flatMap((subject) => (['post', 'put'] as const).map((verb) => ({ ...subject, verb })))

	it.each(both)('are taken and answered as they are: $verb of $name', async ({ verb, ...subject }) => {
		const { resource, path, read } = subject
		await makeParents(resource.table, rowsIn(subject.post))
		for (const { examples, isAsked } of ROUNDS) {
			await empty(resource.table, rowsIn(subject.post)[0])
			for (const [example, status] of examples) {
				const answer = await answerTo(subject, verb, example, isAsked ? queryOf(subject[verb]) : '')
				expect(answer).toEqual(exampleOf(subject, verb, example, status))
			}
		}
		const row = known(subject, answerIn(subject.find, 200))
		for (const asked of [path + queryOf(subject.find), ...(read === undefined ? [] : [read])]) {
			const { status, body } = await ask('get', asked)
			expect({ asked, status, row: known(subject, body) }).toEqual({ asked, status: 200, row })
		}
	})

	const free = working.filter(({ name }) => !READ.includes(name))
	it.each(free)(
		'of each way to change a column is taken by itself: $name',
		async ({ resource, path, put }) => {
			const [row] = rowsIn(put)
			for (const { name, description = '' } of row ? (put.parameters ?? []) : []) {
				const [, query = '', property = ''] = /For example `(\?[^`]*=([^`=]*))`/.exec(description) ?? []
				const info = resource.visible.find((each) => each.property === property)
				if (!info) continue
				await empty(resource.table)
				await makeParents(resource.table, rowsIn(put))
				for (const status of [201, 200]) {
					const given = JSON.stringify({ [property]: exampleValue(info, 0), ...row })
					const answer = await ask('put', path + query, given)
					expect({ name, query, status: answer.status }).toEqual({ name, query, status })
				}
			}
		},
	)

	it.each(subjects)(
		'are as many as there is room for, and valid by its own schemas: $name',
		({ name, path, post, put, find }) => {
			const rows = NO_ROW.includes(name) ? 0 : ONE_ROW.includes(name) ? 1 : 2
			expect(rowsIn(post)).toHaveLength(rows)
			const bodies = rowsIn(post).flatMap((row) => [row, rowsIn(post)])
			const answers = (verb: Verb, { responses }: Operation) =>
				Object.entries(responses).flatMap(([status, { content = {} }]) =>
					Object.entries(content).flatMap(([type, media]) =>
						type === 'application/json'
							? examplesOf(media).flatMap(([, value]) =>
									documented.answered(verb, path, Number(status), value),
								)
							: [],
					),
				)
			expect([
				...bodies.flatMap((body) => documented.sent('post', path, body)),
				...answers('post', post),
				...answers('put', put),
			]).toEqual([])
			const parameters = [post, put, find].flatMap((operation) => operation.parameters ?? [])
			expect(
				parameters.flatMap((one) =>
					examplesOf(one).flatMap(([, value]) => checked.faultsOf(value, one.schema)),
				),
			).toEqual([])
		},
	)
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
