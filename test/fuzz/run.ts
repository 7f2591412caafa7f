import * as fc from 'fast-check'
import type { Model, Refusal } from '../support/model.ts'
import { type Case, piecesOf, shown } from './case.ts'
import { faultOf } from './check.ts'
import { type Answer, Caller, Connection } from './connection.ts'
import { type Expected, expectedOf } from './contract.ts'
import { type Misframed, misframedRequests } from './framing.ts'
import { KeyLocks, keysOf } from './keys.ts'
import { leakIn } from './leaks.ts'
import { requests } from './requests.ts'

export interface Target {
	origin: string
	token: string
	/** What the tables hold; it follows what the requests change. */
	model: Model
}

export interface Options {
	seed: number
	cases: number
	/** The one case to send, where a failure is to be seen again. */
	only?: number | undefined
}

export interface Failure {
	/** Which case of the seed. */
	index: number
	fault: string
	/** The request, byte by byte. */
	request: string
	answer: string
}

/** Requests that are in the air at once. */
const LANES = 32
/** Cases are drawn in groups from a seed of the group's own, so that one can be drawn again without those before. */
const GROUP = 500
/** How many of a group are no HTTP: each takes a connection of its own. */
const MISFRAMED = 25
const MAX_FAILURES = 5

/** Sends many requests, each of which must be answered as the contract says. Returns how often each status was answered. */
export async function run(
	target: Target,
	options: Options,
): Promise<{ failures: Failure[]; statuses: Map<number, number> }> {
	const failures: Failure[] = []
	const statuses = new Map<number, number>()
	const locks = new KeyLocks()
	const cases = casesOf(target.token, options)
	const lane = async () => {
		const caller = new Caller(target.origin)
		for (const [index, request] of cases) {
			if (failures.length >= MAX_FAILURES) break
			const host = new URL(target.origin).host
			const bytes = 'bytes' in request ? request.bytes : Buffer.concat(piecesOf(request, host))
			const sent = 'bytes' in request ? sendMisframed(target, request) : send(target, locks, caller, request)
			const { answer, fault } = await sent.catch(
				(error: unknown): Seen => ({ answer: undefined, fault: String(error) }),
			)
			statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1)
			if (fault !== undefined) failures.push({ index, fault, request: shown(bytes), answer: told(answer) })
		}
		caller.close()
	}
	await Promise.all(Array.from({ length: LANES }, lane))
	return { failures, statuses }
}

function* casesOf(token: string, { seed, cases, only }: Options): Generator<[number, Case | Misframed]> {
	const whole = requests(token)
	const misframed = misframedRequests(token)
	const first = only === undefined ? 0 : Math.floor(only / GROUP) * GROUP
	for (let start = first; start < cases; start += GROUP) {
		const parameters = { seed: seed + start }
		const group = [
			...fc.sample(misframed, { ...parameters, numRuns: MISFRAMED }),
			...fc.sample(whole, { ...parameters, numRuns: GROUP - MISFRAMED }),
		]
		for (const [i, each] of group.slice(0, cases - start).entries()) {
			if (only === undefined || only === start + i) yield [start + i, each]
		}
		if (only !== undefined) return
	}
}

interface Seen {
	answer: Answer | undefined
	fault: string | undefined
}

async function send(
	{ origin, token, model }: Target,
	locks: KeyLocks,
	caller: Caller,
	request: Case,
): Promise<Seen> {
	let isKnowable = true
	const release = await locks.acquire(() => {
		const keys = keysOf(request, model)
		isKnowable = keys !== undefined
		return keys ?? new Set()
	})
	try {
		if (!isKnowable) return { answer: undefined, fault: undefined }
		const expected = expectedOf(request, model, token)
		const pieces = piecesOf(request, new URL(origin).host)
		const answer = await caller.exchange(request.method, pieces)
		if (!answer) return { answer, fault: mayGetLost(request, expected) ? undefined : 'no answer' }
		return { answer, fault: faultOf(request, expected, answer, model) }
	} finally {
		release()
	}
}

/** What is decided before the body is read. */
const EARLY = new Set<Refusal['slug']>([
	'unauthorized',
	'not-found',
	'method-not-allowed',
	'payload-too-large',
	'unsupported-media-type',
	'invalid-parameter',
	'not-a-unique-key',
])

/**
 * The runtime closes a connection whose request is refused before its body was read to the end: what the client sends
 * then is answered by a reset, which may overtake the refusal.
 */
function mayGetLost({ body }: Case, expected: Expected): boolean {
	return body.length > 0 && expected.kind === 'refusal' && EARLY.has(expected.refusal.slug)
}

/** What is framed wrongly is refused, by the runtime or by the service, and changes nothing. */
async function sendMisframed(
	{ origin, token }: Target,
	{ method, bytes, end, lines }: Misframed,
): Promise<Seen> {
	const connection = await Connection.open(origin)
	try {
		const answer = await connection.exchange(method, [bytes], { end })
		if (lines !== undefined) return { answer, fault: answer ? faultOfBroken(answer, lines) : 'no answer' }
		return { answer, fault: answer && faultOfRefusal(answer, token) }
	} finally {
		connection.close()
	}
}

/** Each line is answered, and then where the stream broke off. */
function faultOfBroken({ status, text }: Answer, lines: number): string | undefined {
	const slugs = [...text.matchAll(/^\{"problem":\{"type":"\/problems\/([\w-]+)"/gm)].map(([, slug]) => slug)
	const expected = [...Array.from({ length: lines }, () => 'invalid-row'), 'malformed-json']
	return status === 200 && slugs.join() === expected.join() ? undefined : `not ${expected.join()}`
}

function faultOfRefusal({ status, headers, text }: Answer, token: string): string | undefined {
	const isOurs = headers.has('x-request-id')
	if (status < 400 || (status >= 500 && (isOurs || status !== 501))) return 'not a refusal'
	if (!isOurs) return text.includes(token) ? 'a leak: the token' : undefined
	if (headers.get('content-type') !== 'application/problem+json') return 'not a problem'
	const leak = leakIn(undefined, headers, text)
	return leak === undefined ? undefined : `a leak: ${leak}`
}

function told(answer: Answer | undefined): string {
	if (!answer) return 'none'
	const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`)
	return [`HTTP ${answer.status}`, ...headers, '', answer.text.slice(0, 2000)].join('\n')
}
