import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Answer, ask, faultOf, type Sending } from './client.ts'
import type { Fault } from './proxy.ts'
import { type Stage, startStage, TIMEOUT_MS } from './stage.ts'

let stage: Stage
beforeAll(async () => {
	stage = await startStage(inject('bundle'))
}, 60_000)
afterAll(() => stage.stop())
afterEach(() => stage.proxy.heal())

async function call(sending: Sending): Promise<Answer> {
	const answer = await ask(stage.origin, sending)
	expect(faultOf(answer)).toBeUndefined()
	return answer
}

async function health(): Promise<Answer> {
	return await call({ method: 'GET', path: '/healthz' })
}

async function post(body: unknown): Promise<Answer> {
	return await call({ method: 'POST', path: '/accounts?by=username', body })
}

async function put(body: unknown): Promise<Answer> {
	return await call({ method: 'PUT', path: '/accounts?by=username', body })
}

/** What the database itself has of an account. */
async function stored(username: string): Promise<unknown[]> {
	return await stage.query(
		`SELECT username, is_superuser AS isSuperuser FROM accounts WHERE username = '${username}'`,
	)
}

function fresh(): string {
	return randomUUID()
}

/** Does this to the next so many transactions with a value in them, and lets all others pass. */
function once(value: string, fault: Fault, times = 1): void {
	let left = times
	stage.proxy.inject((asked) => (asked.includes(value) && left-- > 0 ? fault : undefined))
}

function always(fault: Fault): void {
	stage.proxy.inject(() => fault)
}

const DROPPED: Fault = { kind: 'drop-answer' }

describe('a commit whose answer is lost', () => {
	it.each([1, 2, 3])('%i times is not taken for a row of somebody else', async (times) => {
		const username = fresh()
		once(username, DROPPED, times)
		// Three lost answers are as many as it asks for: then nobody knows whether it was reached at all.
		expect((await post({ username })).status).toBe(times < 3 ? 504 : 503)
		expect(await stored(username)).toEqual([{ username, isSuperuser: 0 }])
		expect(await post({ username })).toMatchObject({ status: 200, body: { created: false } })
	})

	it('is not taken for an update that changed nothing', async () => {
		const username = fresh()
		await post({ username })
		once(username, DROPPED)
		expect((await put({ username, isSuperuser: true })).status).toBe(504)
		expect(await stored(username)).toEqual([{ username, isSuperuser: 1 }])
	})

	it('is not updated again, over an update that came after it', async () => {
		const username = fresh()
		await post({ username })
		const undone = Promise.withResolvers<unknown[]>()
		let requests = 0
		stage.proxy.inject(() => {
			requests++
			if (requests === 1) return DROPPED
			// Before the next try somebody else updates the row.
			if (requests === 2) {
				const sql = `UPDATE accounts SET is_superuser = 0 WHERE username = '${username}' RETURNING id`
				void stage.query(sql).then(undone.resolve)
			}
			return { kind: 'delay', ms: 200 }
		})
		expect((await put({ username, isSuperuser: true })).status).toBe(504)
		expect(await undone.promise).toHaveLength(1)
		expect(await stored(username)).toEqual([{ username, isSuperuser: 0 }])
	})

	it('leaves nothing certain in an array', async () => {
		const known = fresh()
		const unknown = [fresh(), fresh()]
		await post({ username: known })
		once(known, DROPPED)
		const answer = await post([known, ...unknown].map((username) => ({ username })))
		expect(answer.status).toBe(504)
		for (const username of unknown) expect(await stored(username)).toHaveLength(1)
	})

	it('is not taken for a conflict either', async () => {
		const [name, email] = [fresh(), fresh()]
		const { proxy } = stage
		const isRenamed = Promise.withResolvers<void>()
		let requests = 0
		proxy.inject(() => {
			requests++
			// The lost creation; then, while it waits to be repeated, somebody else renames the row.
			if (requests === 1) return DROPPED
			if (requests > 2) return undefined
			void stage
				.query(`UPDATE users SET name = '${fresh()}' WHERE email = '${email}'`)
				.then(() => isRenamed.resolve())
			return { kind: 'delay', ms: 200 }
		})
		const answer = await call({ method: 'POST', path: '/users', body: { name, email } })
		await isRenamed.promise
		// It has made the row: "409, nothing was written" would be a lie.
		expect(answer.status).toBe(504)
	})
})

describe('a connection that breaks before the request has passed', () => {
	it('is tried again, and who made the row is told so', async () => {
		const username = fresh()
		once(username, { kind: 'cut' }, 2)
		expect(await post({ username })).toMatchObject({ status: 201, body: { created: true } })
	})

	it('for good is a 503', async () => {
		const username = fresh()
		always({ kind: 'cut' })
		expect((await post({ username })).status).toBe(503)
		expect(await stored(username)).toEqual([])
	})
})

describe('a database that refuses connections', () => {
	it('is a 503, and serves again as soon as it takes them', async () => {
		const username = fresh()
		stage.proxy.refuse()
		expect((await post({ username })).status).toBe(503)
		expect((await health()).status).toBe(503)
		await stage.proxy.accept()
		expect(await post({ username })).toMatchObject({ status: 201, body: { created: true } })
	})
})

describe('a database that has too much to do', () => {
	it('is asked again until it has time', async () => {
		const username = fresh()
		once(username, { kind: 'answer', status: 429 }, 4)
		expect(await post({ username })).toMatchObject({ status: 201, body: { created: true } })
		once(username, { kind: 'answer', status: 429 }, 4)
		// Nothing happened, so that what is there was there.
		expect(await post({ username })).toMatchObject({ status: 200, body: { created: false } })
	})

	it('and never has time is a 503 within the deadline', async () => {
		const username = fresh()
		let requests = 0
		stage.proxy.inject(() => {
			requests++
			return { kind: 'answer', status: 429 }
		})
		expect((await post({ username })).status).toBe(503)
		expect(requests).toBeGreaterThan(3)
	})

	it('because somebody else holds its lock (SQLITE_BUSY) is asked again too', async () => {
		const username = fresh()
		once(username, { kind: 'answer', status: 200, body: busy }, 4)
		expect(await post({ username })).toMatchObject({ status: 201, body: { created: true } })
		always({ kind: 'answer', status: 200, body: busy })
		expect((await post({ username })).status).toBe(503)
	})

	it('after it gave no answer is a 504: by then the row may be there', async () => {
		const username = fresh()
		let requests = 0
		stage.proxy.inject(() => (++requests === 1 ? DROPPED : { kind: 'answer', status: 429 }))
		expect((await post({ username })).status).toBe(504)
		expect(await stored(username)).toHaveLength(1)
	})
})

describe('a database that stands still', () => {
	it('is a 504 within the deadline, and serves again once it goes on', async () => {
		const username = fresh()
		stage.proxy.freeze()
		const [answer, alive] = await Promise.all([post({ username }), health()])
		expect([answer.status, alive.status]).toEqual([504, 504])
		stage.proxy.thaw()
		// What was on its way arrives late, and may be first.
		expect([200, 201]).toContain((await post({ username })).status)
		expect(await stored(username)).toHaveLength(1)
	})

	it('for less than the deadline is waited for', async () => {
		const username = fresh()
		stage.proxy.freeze()
		const waiting = post({ username })
		await sleep(TIMEOUT_MS / 4)
		stage.proxy.thaw()
		expect(await waiting).toMatchObject({ status: 201, body: { created: true } })
	})

	it('holds nobody longer than the deadline, how many they may be', async () => {
		stage.proxy.freeze()
		const answers = await Promise.all(Array.from({ length: 50 }, () => post({ username: fresh() })))
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([504]))
		stage.proxy.thaw()
	})
})

/** The database's own answer where another transaction has the lock: the first statement fails, the others are left out. */
function busy(asked: string): string {
	const results = JSON.parse(asked).requests.map(({ type, batch }: PipelineRequest) => {
		const steps = batch?.steps.map(() => null)
		const error = { message: 'SQLite error: database is locked', code: 'SQLITE_BUSY' }
		const result = steps && { step_results: steps, step_errors: [error, ...steps.slice(1)] }
		return { type: 'ok', response: { type, result } }
	})
	return JSON.stringify({ baton: null, base_url: null, results })
}

interface PipelineRequest {
	type: string
	batch?: { steps: unknown[] }
}

/** An answer of the database that lacks the results of its last statements. */
function withoutResult(body: string): string {
	const answer = JSON.parse(body)
	for (const { response } of answer.results) response?.result?.step_results?.splice(-3)
	return JSON.stringify(answer)
}

const GARBLED: [name: string, fault: Fault][] = [
	['HTML', { kind: 'garble', change: () => '<h1>Welcome</h1>', type: 'text/html' }],
	['JSON cut in the middle', { kind: 'garble', change: (body) => body.slice(0, body.length / 2) }],
	['nothing at all', { kind: 'garble', change: () => '' }],
	['JSON of another kind', { kind: 'garble', change: () => '{"ok":true}' }],
	['null', { kind: 'garble', change: () => 'null' }],
	['no results', { kind: 'garble', change: () => '{"baton":null,"base_url":null,"results":[]}' }],
	['too few results', { kind: 'garble', change: withoutResult }],
]

describe('an answer that makes no sense', () => {
	it.each(GARBLED)('(%s) leaves it unknown what happened', async (_, fault) => {
		const [first, second] = [fresh(), fresh()]
		once(first, fault)
		expect((await post({ username: first })).status).toBe(504)
		always(fault)
		expect((await post({ username: second })).status).toBe(504)
		expect([...(await stored(first)), ...(await stored(second))]).toHaveLength(2)
	})

	it.each([500, 502, 503])('(%i of a gateway) is asked again, and then unknown too', async (status) => {
		const username = fresh()
		once(username, { kind: 'answer', status })
		expect(await post({ username })).toMatchObject({ status: 201, body: { created: true } })
		always({ kind: 'answer', status })
		expect((await post({ username: fresh() })).status).toBe(504)
	})

	it('while the request is still on its way makes no second creator', async () => {
		const username = fresh()
		once(username, { kind: 'answer-first', status: 504, ms: 100 })
		const told = [await post({ username })]
		await sleep(200)
		told.push(await post({ username }))
		// It is the repeat that made the row, or nobody knows.
		expect(['201 200', '504 200']).toContain(told.map(({ status }) => status).join(' '))
	})
})

describe('GET /healthz', () => {
	it.each<[status: number, name: string, fault: Fault]>([
		[503, 'breaks connections', { kind: 'cut' }],
		[503, 'has too much to do', { kind: 'answer', status: 429 }],
		[500, 'refuses the credentials', { kind: 'answer', status: 401 }],
		[504, 'is behind a broken gateway', { kind: 'answer', status: 502 }],
		[504, 'takes too long', { kind: 'delay', ms: 2 * TIMEOUT_MS }],
		...GARBLED.map(([name, fault]): [number, string, Fault] => [504, `says ${name}`, fault]),
	])('is %i where the database %s, and 200 right after', async (status, _, fault) => {
		always(fault)
		expect((await health()).status).toBe(status)
		stage.proxy.heal()
		expect(await health()).toMatchObject({ status: 200, body: { status: 'ok' } })
	})
})

describe('a request that is too large for who stands before the database', () => {
	it.each([
		['one call', 1],
		['several calls', 4],
	])('goes in parts, with all the same answers, where %s made it', async (_, calls) => {
		const prefix = fresh()
		const MOST = 20_000
		stage.proxy.inject((asked) => (asked.length > MOST ? { kind: 'answer', status: 413 } : undefined))
		const arrays = Array.from({ length: calls }, (__, caller) =>
			Array.from({ length: 200 }, (___, i) => ({ username: `${prefix}-${caller}-${i}` })),
		)
		const answers = await Promise.all(arrays.map(post))
		for (const { status, body } of answers) {
			expect(status).toBe(200)
			expect((body as { created: boolean }[]).map(({ created }) => created)).toEqual(Array(200).fill(true))
		}
	})

	it('is the failure of the row alone that is too large by itself', async () => {
		const [prefix, large] = [fresh(), fresh()]
		stage.proxy.inject((asked) => (asked.includes(large) ? { kind: 'answer', status: 413 } : undefined))
		const rows = Array.from({ length: 20 }, (_, i) => ({ username: i === 7 ? large : `${prefix}-${i}` }))
		const { body } = await post(rows)
		expect((body as { problem?: { status: number } }[]).map(({ problem }) => problem?.status ?? 201)).toEqual(
			rows.map(({ username }) => (username === large ? 500 : 201)),
		)
	})
})
