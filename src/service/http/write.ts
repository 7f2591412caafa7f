import type { Context } from 'hono'
import { DatabaseError } from '../../database/failure'
import { Cache } from '../../get-or-create/cache'
import { isIdempotencyKey } from '../../get-or-create/idempotency'
import { type Outcome, outcomesOf, rowOrThrow } from '../../get-or-create/outcome'
import type { Ask } from '../../get-or-create/row-request'
import type { Verb } from '../../get-or-create/shape'
import type { ColumnInfo } from '../../get-or-create/table'
import { commit } from '../commits/commit'
import { causeOf, countRow, wordOf } from '../log'
import type { Resource } from '../resource'
import { answer, answerJson } from './answer'
import { type AppEnv, stateOf } from './app-env'
import { bodyTypeOf, jsonBody, MAX_ROWS, notUtf8, parseJson } from './body'
import { commitsOf } from './database'
import { limitOf, noMoreCalls } from './limited'
import type { Line } from './lines'
import { locationOf } from './location'
import { type Answers, answerLines, begun, type StreamEnd } from './ndjson'
import { searchOf } from './path'
import { Problem } from './problem'
import { countedProblem } from './problem-of'
import { byParameter, columnsParameter, knownParameters } from './query'
import type { RowCodec } from './row'

/** One POST or PUT, be it of one row, an array or a stream: all rows are asked for in the same way. */
interface Write {
	resource: Resource
	rowCodec: RowCodec
	verb: Exclude<Verb, 'get'>
	by: ColumnInfo[] | undefined
	update: ColumnInfo[] | undefined
	/** The request's Idempotency-Key, where it has one. */
	key: string | undefined
}

/** Of each table and method. */
const MAX_QUERIES = 100

/** The handler of POST (get or create) or PUT (update or create). */
export function write(resource: Resource, rowCodec: RowCodec, verb: Write['verb']) {
	const allowed = verb === 'update-or-create' ? ['by', 'update'] : ['by']
	/** By query string: callers repeat themselves. */
	const known = new Cache<Pick<Write, 'by' | 'update'>>(MAX_QUERIES)
	const columnsOf = (c: Context<AppEnv>) => {
		return known.get(searchOf(c.req.url), () => {
			const parameters = knownParameters(c, allowed)
			const by = byParameter(parameters, resource)
			return { by, update: columnsParameter(parameters, 'update', resource) }
		})
	}
	return async (c: Context<AppEnv>): Promise<Response> => {
		const operation: Write = { resource, rowCodec, verb, ...columnsOf(c), key: idempotencyKey(c) }
		if (bodyTypeOf(c) === 'ndjson') return await answerStream(c, operation)
		const json = await jsonBody(c)
		return Array.isArray(json) ? await answerArray(c, operation, json) : await answerOne(c, operation, json)
	}
}

async function answerOne(c: Context<AppEnv>, operation: Write, json: unknown): Promise<Response> {
	const [outcome] = await ask(c, operation, [askFor(operation, json, 0, true)])
	const row = rowOrThrow(outcome)
	stateOf(c).logFields.outcome = wordOf(row)
	const body = bodyOf(operation, row)
	const location = body.created ? locationOf(operation.resource, body.row, stateOf(c).prefix) : undefined
	return answerJson(c, body.created ? 201 : 200, body, location === undefined ? {} : { Location: location })
}

async function answerArray(c: Context<AppEnv>, operation: Write, rows: unknown[]): Promise<Response> {
	if (rows.length > MAX_ROWS) {
		throw new Problem('payload-too-large', `The array has ${rows.length} rows; at most 1,000 go at once.`)
	}
	const outcomes = await ask(
		c,
		operation,
		rows.map((json, position) => askFor(operation, json, position)),
	)
	// Where the database answered for no row at all, the request as a whole has failed.
	const errors = outcomes.flatMap((outcome) => (outcome.kind === 'error' ? [outcome.error] : []))
	const failure = errors.find((error) => error instanceof DatabaseError)
	if (failure && errors.length === outcomes.length) throw failure
	return answerJson(
		c,
		200,
		outcomes.map((outcome) => itemOf(c, operation, outcome)),
	)
}

async function answerStream(c: Context<AppEnv>, operation: Write): Promise<Response> {
	const input = c.req.raw.body
	const type = { 'Content-Type': 'application/x-ndjson' }
	if (!input) return answer(c, 200, null, type)
	const { promise, resolve } = Promise.withResolvers<void>()
	const state = stateOf(c)
	state.streamed = promise
	const { logFields } = state
	let position = 0
	const read = (line: Line): ReadLine => {
		const at = position++
		try {
			return { ask: askFor(operation, jsonOf(line), at) }
		} catch (error) {
			return { error }
		}
	}
	let answered = 0
	const answerRead = async (lines: ReadLine[]) => {
		const first = answered
		answered += lines.length
		try {
			return await answerGroup(c, operation, lines, first)
		} catch (error) {
			logFields.cause = causeOf(error)
			throw error
		}
	}
	const end = (outcome: StreamEnd) => {
		logFields.outcome = outcome
		resolve()
	}
	const answers = answerLines(input, read, answerRead, end)
	// Whether it is a repeat is told by the headers: under a key they wait for the first answers.
	return answer(c, 200, operation.key === undefined ? answers : await begun(answers), type)
}

/** What a line asks for, or what is wrong with it. */
type ReadLine = { ask: Ask } | { error: unknown }

/** The answers to a group of lines; `first` is the position of the first of them in the stream. */
async function answerGroup(
	c: Context<AppEnv>,
	operation: Write,
	lines: readonly ReadLine[],
	first: number,
): Promise<Answers> {
	const asks = lines.flatMap((line) => ('ask' in line ? [line.ask] : []))
	const answered = await ask(c, operation, asks)
	const limit = limitOf(answered)
	if (limit) return { lines: [JSON.stringify(lastItem(c, limit, first + 1))], last: true }
	const outcomes = answered.values()
	const answers = lines.map((line) => {
		if ('error' in line) return JSON.stringify(problemItem(c, line.error))
		const outcome = outcomes.next().value
		return JSON.stringify(outcome && itemOf(c, operation, outcome))
	})
	return { lines: answers }
}

function jsonOf(line: Line): unknown {
	if (line === 'too-long') throw new Problem('payload-too-large', 'The line is longer than 64 KiB.')
	if (line === 'broken-off')
		throw new Problem('malformed-json', 'The stream did not arrive whole: here it broke off.')
	if (line === 'not-utf-8') throw notUtf8('line')
	// As of a body, a byte order mark is not of its text.
	return parseJson(line.text.startsWith('\ufeff') ? line.text.slice(1) : line.text, 'line')
}

function askFor(
	{ rowCodec, verb, by, update, key }: Write,
	json: unknown,
	position: number,
	alone = false,
): Ask {
	const part = key === undefined ? undefined : { key, position, alone }
	return { verb, by, update, key: part, ...rowCodec.parse(json) }
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
function idempotencyKey(c: Context): string | undefined {
	const key = c.req.header('idempotency-key')
	if (key === undefined || isIdempotencyKey(key)) return key
	throw new Problem('invalid-parameter', 'An Idempotency-Key has 1 to 255 printable ASCII characters.')
}

async function ask(c: Context<AppEnv>, { resource }: Write, asks: Ask[]): Promise<Outcome[]> {
	const state = stateOf(c)
	const commits = await commitsOf(c)
	const outcomes = await outcomesOf(resource.info, asks, (requests) =>
		commit(commits, requests, state.logFields, (promise) => c.executionCtx.waitUntil(promise)),
	)
	if (outcomes.some(({ replayed }) => replayed)) state.replayed = true
	return outcomes
}

/** What stands for one row in an array or a stream. */
function itemOf(c: Context<AppEnv>, operation: Write, outcome: Outcome): object {
	if (outcome.kind === 'error') return problemItem(c, outcome.error)
	try {
		const body = bodyOf(operation, outcome)
		countRow(stateOf(c).logFields, wordOf(outcome))
		return body
	} catch (error) {
		// Another writer has stored what its column can't mean: that is this row's failure alone.
		return problemItem(c, error)
	}
}

/** What a stream ends with that can't go on. */
function lastItem(c: Context<AppEnv>, limit: DatabaseError, line: number): object {
	stateOf(c).logFields.cause ??= causeOf(limit)
	return problemItem(c, noMoreCalls(line))
}

function problemItem(c: Context<AppEnv>, error: unknown): object {
	const { logFields, prefix } = stateOf(c)
	return { problem: countedProblem(logFields, error).body(c.get('requestId'), prefix) }
}

function bodyOf({ rowCodec, verb }: Write, { values, created, updated }: Extract<Outcome, { kind: 'row' }>) {
	const row = rowCodec.present(values)
	return verb === 'update-or-create' ? { row, created, updated } : { row, created }
}
