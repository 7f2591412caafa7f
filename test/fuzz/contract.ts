import type { Model, PlainSlug, Refusal, Result, Row, Stored, Table, Write } from '../support/model.ts'
import { notAUniqueKey } from '../support/model.ts'
import { type Case, headerOf } from './case.ts'
import { answerLine, answerRow, linesOf, parsed } from './rows.ts'

/** What the contract says that a request must be answered with. */
export type Expected =
	| { kind: 'refusal'; refusal: Refusal }
	| { kind: 'result'; result: Exclude<Result, Refusal> }
	| { kind: 'results'; results: Result[]; asLines: boolean }
	| { kind: 'bare'; now: Stored }
	| { kind: 'page' }

const MAX_BODY_BYTES = 1024 * 1024
const MAX_ROWS = 1000

const PAGES = new Set(['', 'healthz', 'openapi.json', 'docs', 'problems'])

/** Every slug that has a page. */
const SLUGS = [
	'malformed-json',
	'unauthorized',
	'not-found',
	'method-not-allowed',
	'conflict',
	'payload-too-large',
	'unsupported-media-type',
	'invalid-row',
	'not-a-unique-key',
	'invalid-parameter',
	'internal',
	'misconfigured',
	'database-unavailable',
	'database-timeout',
]

/** What the contract says of a request, applied to the model: a second, naive reading of it, with nothing of `src/`. */
export function expectedOf(request: Case, model: Model, token: string): Expected {
	const segments = segmentsOf(request)
	const table = segments.length <= 2 ? model.get(segments[0] ?? '') : undefined
	if (table && segments[1] !== '') return answerTable(request, table, segments[1], token)
	return isPage(segments) ? answerPage(request, segments) : refusal('not-found')
}

function isPage([page = '', name, ...more]: string[]): boolean {
	if (name === undefined) return PAGES.has(page)
	// The scripts of pages are not there in this harness, whose runtime has no assets.
	return more.length === 0 && page === 'problems' && name !== ''
}

function answerPage(request: Case, [page, name]: string[]): Expected {
	if (!isReading(request)) return notAllowed('GET, HEAD')
	const isThere = name === undefined || (page === 'problems' && SLUGS.includes(name))
	return isThere ? { kind: 'page' } : refusal('not-found')
}

function answerTable(request: Case, table: Table, key: string | undefined, token: string): Expected {
	if (!isAuthorized(headerOf(request, 'authorization'), token)) return refusal('unauthorized')
	const { method } = request
	const parameters = [...parametersOf(request)]
	if (key !== undefined) {
		if (!isReading(request)) return notAllowed('GET, HEAD')
		if (parameters.length > 0) return refusal('invalid-parameter')
		const id = table.definition.columns['id']?.readText(key)
		return bare(id === undefined ? undefined : table.holder('id', id))
	}
	if (isReading(request)) return answerFilter(table, parameters)
	if (method !== 'POST' && method !== 'PUT') return notAllowed('GET, HEAD, POST, PUT')
	return answerWrite(request, method, table, parameters)
}

function answerFilter(table: Table, parameters: [string, string][]): Expected {
	const asked: Row = {}
	for (const [name, text] of parameters) {
		const value = columnOf(table, name)?.readText(text)
		if (value === undefined || value === null || name in asked) return refusal('invalid-parameter')
		asked[name] = value
	}
	const { keys } = table.definition
	if (!keys.some((key) => key in asked)) return { kind: 'refusal', refusal: notAUniqueKey(keys) }
	return bare(table.find(asked))
}

function answerWrite(
	request: Case,
	method: 'POST' | 'PUT',
	table: Table,
	parameters: [string, string][],
): Expected {
	const known = method === 'PUT' ? ['by', 'update'] : ['by']
	const names = parameters.map(([name]) => name)
	if (!names.every((name) => known.some((each) => name === each || name === `${each}[]`))) {
		return refusal('invalid-parameter')
	}
	const [by, update] = ['by', 'update'].map((name) => {
		const values = parameters.flatMap(([given, value]) =>
			given === name || given === `${name}[]` ? value.split(',') : [],
		)
		return values.length > 0 ? [...new Set(values)] : undefined
	})
	const { keys } = table.definition
	if (by?.some((name) => !columnOf(table, name))) return refusal('invalid-parameter')
	if (by && !by.some((name) => keys.includes(name))) {
		return { kind: 'refusal', refusal: notAUniqueKey(keys) }
	}
	if (update?.some((name) => !columnOf(table, name))) return refusal('invalid-parameter')

	// Keys that may be used are used once here: they change nothing.
	const key = headerOf(request, 'idempotency-key')
	if (key !== undefined && !/^[ -~]{1,255}$/.test(key)) return refusal('invalid-parameter')

	const type = bodyTypeOf(request)
	if (type === undefined) return refusal('unsupported-media-type')
	if (type === 'json' && request.body.length > MAX_BODY_BYTES) return refusal('payload-too-large')

	const write: Write = { method, by, update }
	if (type === 'ndjson') {
		const results = linesOf(request.body).map((line) => answerLine(table, write, line))
		return { kind: 'results', results, asLines: true }
	}
	const body = parsed(request.body)
	if ('slug' in body) return { kind: 'refusal', refusal: body }
	if (Array.isArray(body.json)) {
		if (body.json.length > MAX_ROWS) return refusal('payload-too-large')
		const results = body.json.map((json) => answerRow(table, write, json))
		return { kind: 'results', results, asLines: false }
	}
	const result = answerRow(table, write, body.json)
	return 'slug' in result ? { kind: 'refusal', refusal: result } : { kind: 'result', result }
}

/** The path's parts, percent-decoded where they can be. */
export function segmentsOf({ target }: Case): string[] {
	const path = target.split(/[?#]/, 1)[0] ?? ''
	return path.slice(1).split('/').map(decoded)
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part)
	} catch {
		return part
	}
}

export function parametersOf({ target }: Case): URLSearchParams {
	const [beforeFragment = ''] = target.split('#', 1)
	const mark = beforeFragment.indexOf('?')
	return new URLSearchParams(mark < 0 ? '' : beforeFragment.slice(mark))
}

export function bodyTypeOf(request: Case): 'json' | 'ndjson' | undefined {
	const encoding = headerOf(request, 'content-encoding') || 'identity'
	if (encoding.toLowerCase() !== 'identity') return undefined
	// The runtime passes an empty header on as none.
	const header = headerOf(request, 'content-type') || undefined
	const type = header?.split(';', 1)[0]?.trim().toLowerCase()
	if (type === undefined || type === 'application/json') return 'json'
	return type === 'application/x-ndjson' ? 'ndjson' : undefined
}

function isAuthorized(header: string | undefined, token: string): boolean {
	return header !== undefined && /^bearer +/i.test(header) && header.replace(/^bearer\s+/i, '') === token
}

function columnOf({ definition: { columns } }: Table, name: string) {
	return Object.hasOwn(columns, name) ? columns[name] : undefined
}

function isReading({ method }: Case): boolean {
	return method === 'GET' || method === 'HEAD'
}

function bare(stored: Stored | undefined): Expected {
	return stored ? { kind: 'bare', now: { ...stored } } : refusal('not-found')
}

function refusal(slug: PlainSlug): Expected {
	return { kind: 'refusal', refusal: { slug } }
}

function notAllowed(allow: string): Expected {
	return { kind: 'refusal', refusal: { slug: 'method-not-allowed', allow } }
}
