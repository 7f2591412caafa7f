import { isDeepStrictEqual } from 'node:util'
import type { Model, Refusal, Result, Stored, Table } from '../support/model.ts'
import { type Case, headerOf } from './case.ts'
import type { Answer } from './connection.ts'
import { type Expected, segmentsOf } from './contract.ts'
import { HIDDEN, leakIn, SECRET } from './leaks.ts'

/** The statuses of the contract. */
const STATUSES: Record<Refusal['slug'], number> = {
	'malformed-json': 400,
	unauthorized: 401,
	'not-found': 404,
	'method-not-allowed': 405,
	conflict: 409,
	'payload-too-large': 413,
	'unsupported-media-type': 415,
	'invalid-row': 422,
	'not-a-unique-key': 422,
	'invalid-parameter': 422,
}

/** Says what is wrong with an answer; undefined where it is as the contract says. Notes the ids of new rows. */
export function faultOf(
	request: Case,
	expected: Expected,
	{ status, headers, text }: Answer,
	model: Model,
): string | undefined {
	const id = headers.get('x-request-id')
	const wanted = headerOf(request, 'x-request-id')
	if (id === undefined) return 'no X-Request-Id'
	const isSane = wanted !== undefined && /^[\w=-]{1,255}$/.test(wanted)
	if (isSane ? id !== wanted : !UUID.test(id)) return `the request id is ${id}`
	if (text.includes(HIDDEN)) return 'a leak: a hidden column'
	const leak = leakIn(request, headers, text)
	if (leak !== undefined) return `a leak: ${leak}`
	const table = model.get(segmentsOf(request)[0] ?? '')
	if (table && isTablePath(request) && !/^db;dur=[\d.]+$/.test(headers.get('server-timing') ?? '')) {
		return `Server-Timing is ${headers.get('server-timing')}`
	}
	const type = headers.get('content-type')
	const wantedType = typeOf(expected)
	if (wantedType !== undefined && type !== wantedType) return `the content type is ${type}`

	if (expected.kind === 'refusal') {
		const { refusal } = expected
		if (status !== STATUSES[refusal.slug]) return `the status is not ${STATUSES[refusal.slug]}`
		if (refusal.slug === 'unauthorized' && !headers.get('www-authenticate')?.startsWith('Bearer')) {
			return 'no WWW-Authenticate: Bearer'
		}
		if ('allow' in refusal && headers.get('allow') !== refusal.allow) {
			return `Allow is ${headers.get('allow')}`
		}
		return request.method === 'HEAD' ? undefined : faultOfProblem(json(text), refusal, id)
	}
	const wantedStatus = expected.kind === 'result' && expected.result.created ? 201 : 200
	if (status !== wantedStatus) return `the status is not ${wantedStatus}`
	if (request.method === 'HEAD' || expected.kind === 'page') return undefined
	if (expected.kind === 'bare') return different(json(text), rowOf(expected.now))
	if (!table) return 'there is no such table'
	if (expected.kind === 'result') {
		const body = json(text)
		const fault = faultsOfResults(table, [body], [expected.result], id)
		if (fault !== undefined || !expected.result.created) return fault
		return different(headers.get('location'), `/${table.definition.name}/${expected.result.stored.id}`)
	}
	const body = expected.asLines ? text.split('\n').slice(0, -1).map(json) : json(text)
	if (!Array.isArray(body) || body.length !== expected.results.length) {
		return `there are not ${expected.results.length} results`
	}
	return faultsOfResults(table, body, expected.results, id)
}

/** Of a value in a report. */
const MAX_SHOWN = 1000

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/

function isTablePath(request: Case): boolean {
	const [, key, ...more] = segmentsOf(request)
	return more.length === 0 && key !== ''
}

function typeOf({ kind, ...expected }: Expected): string | undefined {
	if (kind === 'page') return undefined
	if (kind === 'refusal') return 'application/problem+json'
	return 'asLines' in expected && expected.asLines ? 'application/x-ndjson' : 'application/json'
}

function faultsOfResults(
	table: Table,
	answers: unknown[],
	results: Result[],
	requestId: string,
): string | undefined {
	const ids = new Map<Stored, number>()
	for (const [i, result] of results.entries()) {
		const answer = answers[i]
		if (!isObject(answer)) return `result ${i} is no object`
		if ('slug' in result) {
			const fault = faultOfProblem(answer['problem'], result, requestId)
			if (fault !== undefined) return `result ${i}: ${fault}`
			continue
		}
		const { stored, now, created, ...updated } = result
		const row = answer['row']
		if (now.id === undefined && !ids.has(stored)) {
			const given = isObject(row) ? row['id'] : undefined
			if (!created || typeof given !== 'number')
				return `result ${i} is ${JSON.stringify(answer).slice(0, MAX_SHOWN)}`
			if (table.holder('id', given)) return `the id ${given} was there already`
			ids.set(stored, given)
			if (stored.id === undefined) table.identify(stored, given)
		}
		const fault = different(answer, {
			row: rowOf({ ...now, id: now.id ?? ids.get(stored) }),
			created,
			...updated,
		})
		if (fault !== undefined) return `result ${i}: ${fault}`
	}
	return undefined
}

function faultOfProblem(problem: unknown, refusal: Refusal, requestId: string): string | undefined {
	if (!isObject(problem)) return 'not a problem'
	if (JSON.stringify(problem).includes(SECRET)) return 'a leak: a value of another row'
	const { type, title, status, detail, requestId: id, errors, conflicts, keys, ...more } = problem
	if (Object.keys(more).length > 0) return `a problem with ${Object.keys(more).join()}`
	if (typeof title !== 'string' || title === '' || typeof detail !== 'string' || detail === '') {
		return 'a problem without title or detail'
	}
	const pointers =
		Array.isArray(errors) && errors.every(isFault) ? errors.map(({ pointer }) => pointer) : errors
	return different(
		{ type, status, id, pointers: sorted(pointers), conflicts, keys },
		{
			type: `/problems/${refusal.slug}`,
			status: STATUSES[refusal.slug],
			id: requestId,
			pointers: sorted('pointers' in refusal ? refusal.pointers : undefined),
			conflicts: 'conflicts' in refusal ? refusal.conflicts : undefined,
			keys: 'keys' in refusal ? refusal.keys : undefined,
		},
	)
}

function isFault(fault: unknown): fault is { pointer: string; detail: string } {
	if (!isObject(fault)) return false
	const { pointer, detail, ...more } = fault
	return typeof pointer === 'string' && typeof detail === 'string' && Object.keys(more).length === 0
}

function rowOf({ id, values }: Stored): object {
	return { id, ...values }
}

function sorted(pointers: unknown): unknown {
	return Array.isArray(pointers) ? pointers.map(String).toSorted((a, b) => (a < b ? -1 : 1)) : pointers
}

function json(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return `no JSON: ${text.slice(0, MAX_SHOWN)}`
	}
}

function different(actual: unknown, wanted: unknown): string | undefined {
	if (isDeepStrictEqual(actual, wanted)) return undefined
	return `${JSON.stringify(actual)?.slice(0, MAX_SHOWN)} is not ${JSON.stringify(wanted)?.slice(0, MAX_SHOWN)}`
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
}
