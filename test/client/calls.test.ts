import { describe, expect, it } from 'vitest'
import { ConnectionError, createClient, ProblemError } from '../../src/client'
import type { resources } from '../../src/resources'
import { NAMES } from '../support/table-names'

// What a client sends, and what it makes of answers that no service gives on demand.

const ADA = { name: 'Ada', email: 'ada@example.com' }
const MADE = { row: { id: 1, ...ADA }, created: true }

interface Sent {
	method: string
	url: string
	headers: Record<string, string>
	body: string
}

type Answer = (request: Request, count: number) => Response | Promise<Response>

/** A client, and what it has sent. */
function client(
	answer: Answer,
	options: { url?: string; timeout?: number; token?: () => string | Promise<string> } = {},
) {
	const sent: Sent[] = []
	const api = createClient<typeof resources>({
		url: 'https://service.test',
		token: 'secret',
		...options,
		async fetch(request) {
			const { method, url, headers } = request
			sent.push({ method, url, headers: Object.fromEntries(headers), body: await request.clone().text() })
			return await answer(request, sent.length)
		},
	})
	return { api, sent }
}

function problem(slug: string, status: number, headers: Record<string, string> = {}): Response {
	const body = { type: `/problems/${slug}`, title: 'No', status, detail: 'Not now.', requestId: 'r' }
	return Response.json(body, { status, headers: { 'content-type': 'application/problem+json', ...headers } })
}

const item = (slug: string, status: number) => ({
	problem: { type: `/problems/${slug}`, title: 'No', status, detail: 'Not now.', requestId: 'r' },
})

/** Each of them in turn, and the last from then on. */
const inTurn =
	(...answers: (() => Response)[]): Answer =>
	(_, count) => {
		const answer = answers[Math.min(count, answers.length) - 1]
		if (!answer) throw new Error('no answer')
		return answer()
	}

const lost = (): Response => {
	throw new TypeError('fetch failed')
}
const made = () => Response.json(MADE, { status: 201 })

describe('a call', () => {
	it('has a token and a key of its own', async () => {
		const { api, sent } = client(made)
		await api.users.getOrCreate(ADA, { by: ['email', 'name'] })
		const ways = { update: ['name'], fill: [], max: undefined, newer: 'id' } as const
		await api.users.updateOrCreate(ADA, { by: ['email'], ...ways, timeout: 1000 })
		const headers = {
			authorization: 'Bearer secret',
			'content-type': 'application/json',
			'idempotency-key': expect.stringMatching(/^[\da-f]{32}$/),
		}
		expect(sent).toEqual([
			{
				method: 'POST',
				url: 'https://service.test/users?by=email%2Cname',
				headers: expect.objectContaining(headers),
				body: JSON.stringify(ADA),
			},
			{
				method: 'PUT',
				url: 'https://service.test/users?by=email&update=name&fill=&newer=id',
				headers: expect.objectContaining(headers),
				body: JSON.stringify(ADA),
			},
		])
		expect(new Set(sent.map((each) => each.headers['idempotency-key']))).toHaveLength(2)
	})

	it.each(NAMES)('reaches a table of the name %j, under any prefix', async (name) => {
		const { api, sent } = client(() => Response.json({}), { url: 'https://service.test/of/acme//' })
		const table: unknown = Reflect.get(api, name)
		await (table as typeof api.users).get({ id: 1 })
		expect(sent.map(({ url }) => url)).toEqual([
			new Request(`https://service.test/of/acme/${encodeURIComponent(name)}?id=1`).url,
		])
	})

	it('is no business of promises or of those who look at the client', async () => {
		const { api, sent } = client(made)
		expect(await Promise.resolve(api)).toBe(api)
		expect(Object.prototype.toString.call(api)).toBe('[object Object]')
		expect(sent).toEqual([])
	})

	it('says what JSON does not have before it is sent', async () => {
		const { api, sent } = client(made)
		await expect(api.users.getOrCreate({ ...ADA, id: Number.NaN })).rejects.toThrow(TypeError)
		await expect(api.accounts.updateOrCreate({ lastLogin: new Date('never') })).rejects.toThrow(RangeError)
		await expect(api.users.getOrCreateMany([ADA, { ...ADA, id: Infinity }])).rejects.toThrow(TypeError)
		await expect(api.users.get({ name: null as unknown as string })).rejects.toThrow(TypeError)
		expect(sent).toEqual([])
	})

	it('leaves out what is undefined', async () => {
		const { api, sent } = client(made)
		await api.accounts.updateOrCreate({ username: 'ada', lastLogin: undefined })
		expect(sent[0]?.body).toBe('{"username":"ada"}')
	})
})

describe('a call whose answer is lost', () => {
	it.each<[string, () => Response]>([
		['with the connection', lost],
		['in the middle of its body', () => new Response('{"row":{"id":1,"na', { status: 201 })],
		['in somebody else’s page', () => new Response('<h1>Welcome to the lobby</h1>')],
		['in somebody else’s JSON', () => Response.json({ status: 'ok' })],
		['behind a gateway', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
		['in a body that breaks', () => new Response(broken(), { status: 201 })],
		['to a busy service', () => problem('database-unavailable', 503)],
		['to a slow database', () => problem('database-timeout', 504)],
		['to a limit', () => problem('rate-limited', 429)],
		['to somebody else’s limit', () => new Response('slow down', { status: 429 })],
	])('%s is asked again: the same bytes under the same key', async (_, answer) => {
		const { api, sent } = client(inTurn(answer, answer, made))
		expect(await api.users.getOrCreate(ADA)).toEqual({ ...MADE, replayed: false })
		expect(sent).toHaveLength(3)
		expect(sent.slice(1)).toEqual([sent[0], sent[0]])
	})

	it('is not asked again without a key, unless surely nothing was done', async () => {
		for (const answer of [
			lost,
			() => problem('database-timeout', 504),
			() => new Response('', { status: 502 }),
		]) {
			const { api, sent } = client(inTurn(answer, made))
			await expect(api.users.updateOrCreate(ADA, { idempotencyKey: false })).rejects.toThrow(/./)
			expect(sent).toHaveLength(1)
			expect(sent[0]?.headers).not.toHaveProperty('idempotency-key')
		}
		const { api, sent } = client(inTurn(() => problem('rate-limited', 429), made))
		expect(await api.users.updateOrCreate(ADA, { idempotencyKey: false })).toMatchObject(MADE)
		expect(sent).toHaveLength(2)
	})

	it('is not asked again where that would not help', async () => {
		for (const [slug, status] of [
			['conflict', 409],
			['unauthorized', 401],
			['internal', 500],
			['misconfigured', 500],
		] as const) {
			const { api, sent } = client(() => problem(slug, status))
			await expect(api.users.getOrCreate(ADA)).rejects.toMatchObject({ name: 'ProblemError', slug, status })
			expect(sent).toHaveLength(1)
		}
		// Of a redirect browsers tell nothing, not even its status.
		const hidden = { ok: false, status: 0, headers: new Headers(), text: async () => '' } as Response
		for (const status of [301, 404, 0]) {
			const headers = { location: 'https://elsewhere.test/' }
			const elsewhere = () =>
				status === 0 ? hidden : new Response('<h1>Elsewhere</h1>', { status, headers })
			const { api, sent } = client(elsewhere)
			await expect(api.users.get({ id: 1 })).rejects.toMatchObject({ name: 'ConnectionError', status })
			expect(sent).toHaveLength(1)
		}
	})

	it('asks for a token each time, whose failure is the caller’s', async () => {
		let tokens = 0
		const { api, sent } = client(inTurn(lost, made), { token: () => `token-${++tokens}` })
		await api.users.getOrCreate(ADA)
		expect(sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token-1', 'Bearer token-2'])
		const failure = new Error('signed out')
		const without = client(made, {
			token: () => {
				throw failure
			},
		})
		await expect(without.api.users.getOrCreate(ADA)).rejects.toBe(failure)
		expect(without.sent).toEqual([])
	})

	it('sends nothing once it has stopped to wait for its token', async () => {
		const token = Promise.withResolvers<string>()
		const { api, sent } = client(made, { token: async () => await token.promise })
		await expect(api.users.getOrCreate(ADA, { timeout: 20 })).rejects.toThrow(ConnectionError)
		token.resolve('late')
		await new Promise((turn) => setTimeout(turn, 20))
		expect(sent).toEqual([])
	})

	it('ends at its deadline, with what was last', async () => {
		const late = client(lost, { timeout: 300 })
		const failure: unknown = await late.api.users.getOrCreate(ADA).catch((error: unknown) => error)
		expect(failure).toBeInstanceOf(ConnectionError)
		expect(failure).toMatchObject({ cause: expect.any(TypeError) })
		expect(late.sent.length).toBeGreaterThan(1)
		const busy = client(inTurn(lost, () => problem('database-unavailable', 503)))
		await expect(busy.api.users.getOrCreate(ADA, { timeout: 300 })).rejects.toThrow(ProblemError)
	})

	it('does not wait longer than there is time', async () => {
		const limited = () => problem('rate-limited', 429, { 'retry-after': '60' })
		const { api, sent } = client(limited, { timeout: 20_000 })
		const started = performance.now()
		await expect(api.users.getOrCreate(ADA)).rejects.toMatchObject({ slug: 'rate-limited', retryAfter: 60 })
		expect(performance.now() - started).toBeLessThan(10_000)
		expect(sent).toHaveLength(1)
	})

	it('ends where it never comes', async () => {
		const { api } = client(async () => await new Promise<Response>(() => undefined), { timeout: 100 })
		await expect(api.users.get({ id: 1 })).rejects.toThrow(ConnectionError)
	})
})

describe('many rows', () => {
	const two = [ADA, { name: 'Bob', email: 'bob@example.com' }]
	const bob = { row: { id: 2, name: 'Bob', email: 'bob@example.com' }, created: true }
	const busy = item('database-unavailable', 503)

	it('some of which had no answer are asked for again, all of them', async () => {
		const { api, sent } = client(
			inTurn(
				() => Response.json([MADE, busy]),
				lost,
				() => Response.json([item('database-timeout', 504), bob]),
			),
		)
		expect(await api.users.getOrCreateMany(two)).toEqual([MADE, bob])
		expect(sent).toHaveLength(3)
		expect(sent.slice(1)).toEqual([sent[0], sent[0]])
	})

	it('are told as far as they are known when the time is up', async () => {
		const { api } = client(
			inTurn(
				() => Response.json([MADE, busy]),
				() => problem('database-unavailable', 503),
			),
			{ timeout: 300 },
		)
		expect(await api.users.getOrCreateMany(two)).toEqual([MADE, busy])
	})

	it('are not asked for again without a key, nor for what is wrong with them', async () => {
		const refused = item('conflict', 409)
		const { api, sent } = client(inTurn(() => Response.json([refused, busy])))
		expect(await api.users.getOrCreateMany(two, { idempotencyKey: false })).toEqual([refused, busy])
		const settled = client(inTurn(() => Response.json([refused, bob])))
		expect(await settled.api.users.getOrCreateMany(two)).toEqual([refused, bob])
		expect([sent.length, settled.sent.length]).toEqual([1, 1])
	})

	it('are as many as were asked for', async () => {
		const { api, sent } = client(
			inTurn(
				() => Response.json([MADE]),
				() => Response.json([MADE, bob]),
			),
		)
		expect(await api.users.getOrCreateMany(two)).toEqual([MADE, bob])
		expect(sent).toHaveLength(2)
	})

	it('are sent as they were when they were given', async () => {
		const rows = Array.from({ length: 1001 }, () => ({ ...ADA }))
		const { api, sent } = client(async (request) =>
			Response.json((JSON.parse(await request.text()) as object[]).map(() => MADE)),
		)
		const answered = api.users.getOrCreateMany(rows, { idempotencyKey: 'mine' })
		for (const row of rows) row.name = 'somebody else'
		expect(await answered).toHaveLength(1001)
		expect(sent.map(({ body }) => (JSON.parse(body) as object[]).length)).toEqual([1000, 1])
		expect(sent.every(({ body }) => !body.includes('somebody'))).toBe(true)
		expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['mine', 'mine #1'])
	})

	it('go in parts of at most 1 MiB, which are full', async () => {
		const rows = Array.from({ length: 40 }, (_, i) => ({ ...ADA, name: 'é'.repeat(40_000 + i) }))
		const { api, sent } = client(async (request) =>
			Response.json((JSON.parse(await request.text()) as object[]).map(() => MADE)),
		)
		await api.users.getOrCreateMany(rows)
		const sizes = sent.map(({ body }) => new TextEncoder().encode(body).length)
		expect(sizes).toHaveLength(4)
		expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024)
		expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(1024 * 1024 - 81_000)
		expect(sent.flatMap(({ body }) => JSON.parse(body) as unknown[])).toEqual(rows)
	})
})

describe('a signal', () => {
	const never: Answer = async () => await new Promise<Response>(() => undefined)
	const reason = new Error('gone home')

	it('calls off what is on its way, at once and with its reason', async () => {
		const controller = new AbortController()
		const { api, sent } = client((request) => {
			queueMicrotask(() => controller.abort(reason))
			return never(request, 0)
		})
		await expect(api.users.getOrCreate(ADA, { signal: controller.signal })).rejects.toBe(reason)
		expect(sent).toHaveLength(1)
	})

	it('calls off a pause', async () => {
		const controller = new AbortController()
		const { api, sent } = client(() => {
			setTimeout(() => controller.abort(reason), 50)
			return problem('rate-limited', 429, { 'retry-after': '20' })
		})
		await expect(api.users.getOrCreate(ADA, { signal: controller.signal })).rejects.toBe(reason)
		expect(sent).toHaveLength(1)
	})

	it('that has aborted lets nothing be sent', async () => {
		const { api, sent } = client(made)
		const signal = AbortSignal.abort(reason)
		await expect(api.users.get({ id: 1 }, { signal })).rejects.toBe(reason)
		await expect(api.users.getOrCreate(ADA, { signal })).rejects.toBe(reason)
		await expect(api.users.getOrCreateMany([ADA], { signal })).rejects.toBe(reason)
		await expect(api.users.getOrCreateStream([ADA], { signal }).next()).rejects.toBe(reason)
		expect(sent).toEqual([])
	})

	it('reaches the request', async () => {
		const controller = new AbortController()
		const aborted = new Promise((resolve) => {
			const { api } = client((request) => {
				request.signal.addEventListener('abort', resolve)
				controller.abort(reason)
				return never(request, 0)
			})
			api.users.get({ id: 1 }, { signal: controller.signal }).catch(() => undefined)
		})
		expect(await aborted).toMatchObject({ type: 'abort' })
	})
})

function broken(): ReadableStream<Uint8Array> {
	return new ReadableStream({
		pull(controller) {
			controller.error(new Error('the connection broke'))
		},
	})
}
