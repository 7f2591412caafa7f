import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { ConnectionError, createClient, ProblemError } from '../../../src/client/index.ts'
import type { resources } from '../../../src/resources.ts'
import { type Fault, type FaultProxy, startFaultProxy } from '../../faults/proxy.ts'
import { PATIENT, type Stage, startStage } from '../../faults/stage.ts'

// The client, a line that loses things, and the service in the Workers runtime with a libSQL server of its own.

let stage: Stage
let line: FaultProxy
beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [{ settings: PATIENT }] })
	line = await startFaultProxy(stage.origin)
}, 60_000)
afterAll(async () => {
	line.stop()
	await stage.stop()
})
afterEach(() => {
	line.heal()
	stage.proxy.heal()
})

function clientOf(timeout = 20_000) {
	return createClient<typeof resources>({ url: line.url, token: 'bench', timeout })
}

const LOSSES: [name: string, fault: Fault][] = [
	['before the service was asked', { kind: 'cut' }],
	['in place of the answer', { kind: 'drop-answer' }],
	['in the middle of the answer', { kind: 'cut-answer' }],
]

/** The first requests are lost, and how many came. */
function lose(fault: Fault, times = 1): { requests: number } {
	const seen = { requests: 0 }
	line.inject(() => (++seen.requests <= times ? fault : undefined))
	return seen
}

/** Of those who ask at once somebody is unlucky many times. */
const PATIENCE_MS = 50_000

/** Three of ten requests are lost, one way or another. */
function flaky(seed = 7): void {
	let state = seed
	line.inject(() => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
		const [, fault] = LOSSES[state % LOSSES.length] ?? []
		return state / 2_147_483_648 < 0.3 ? fault : undefined
	})
}

const fresh = (word: string) => `${word}-${randomUUID()}`
const user = () => ({ name: fresh('lost'), email: fresh('lost') })

async function stored(email: string): Promise<object[]> {
	return await stage.query(`SELECT id, name, email FROM users WHERE email = '${email}'`)
}

describe.each(LOSSES)('a connection that breaks %s', (_, fault) => {
	it('leaves created as it is, and makes one row', async () => {
		const api = clientOf()
		const row = user()
		const seen = lose(fault, 2)
		const made = await api.users.getOrCreate(row, { by: ['email'] })
		expect(made).toEqual({ row: { id: made.row.id, ...row }, created: true, replayed: fault.kind !== 'cut' })
		expect(seen.requests).toBe(3)
		lose(fault)
		const found = await api.users.getOrCreate(row, { by: ['email'] })
		expect(found).toEqual({ row: made.row, created: false, replayed: fault.kind !== 'cut' })
		lose(fault)
		expect(await api.users.get({ email: row.email })).toEqual(made.row)
		lose(fault)
		expect(await api.users.get({ email: fresh('nobody') })).toBeUndefined()
		expect(await stored(row.email)).toEqual([made.row])
	})

	it('leaves updated as it is, and updates once', async () => {
		const api = clientOf()
		const { name, email } = user()
		lose(fault)
		expect(await api.users.updateOrCreate({ name, email }, { by: ['email'] })).toMatchObject({
			created: true,
			updated: false,
		})
		const renamed = { name: fresh('renamed'), email }
		lose(fault)
		expect(await api.users.updateOrCreate(renamed, { by: ['email'] })).toMatchObject({
			row: renamed,
			created: false,
			updated: true,
		})
		lose(fault)
		expect(await api.users.updateOrCreate(renamed, { by: ['email'] })).toMatchObject({
			created: false,
			updated: false,
		})
	})

	it('leaves each of many as it is', async () => {
		const api = clientOf()
		const known = user()
		await api.users.getOrCreate(known)
		const [one, other] = [user(), user()]
		const rows = [one, known, one, { ...other, name: known.name }, other]
		lose(fault)
		expect(await api.users.getOrCreateMany(rows, { by: ['email'] })).toMatchObject([
			{ row: one, created: true },
			{ row: known, created: false },
			{ row: one, created: false },
			{ problem: { status: 409 } },
			{ row: other, created: true },
		])
		expect(await stored(one.email)).toHaveLength(1)
	})

	it('leaves a refusal as it is', async () => {
		const api = clientOf()
		const known = user()
		await api.users.getOrCreate(known)
		lose(fault)
		await expect(api.users.getOrCreate({ ...user(), name: known.name })).rejects.toMatchObject({
			slug: 'conflict',
		})
	})
})

describe('a client', () => {
	it('outlives a second in which connections are refused', async () => {
		const api = clientOf()
		const row = user()
		await api.users.get({ id: 1 })
		line.refuse()
		const answered = api.users.getOrCreate(row)
		await new Promise((resolve) => setTimeout(resolve, 1000))
		await line.accept()
		expect(await answered).toMatchObject({ row, created: true })
		expect(await stored(row.email)).toHaveLength(1)
	})

	it('outlives a connection that hangs', async () => {
		const row = user()
		const seen = lose({ kind: 'swallow-answer' })
		expect(await clientOf().users.getOrCreate(row)).toMatchObject({ row, created: true, replayed: true })
		expect(seen.requests).toBe(2)
	})

	it('outlives a database that is cut off, and told so', async () => {
		const api = clientOf()
		const row = user()
		stage.proxy.refuse()
		const answered = api.users.getOrCreate(row)
		await new Promise((resolve) => setTimeout(resolve, 500))
		await stage.proxy.accept()
		expect(await answered).toMatchObject({ row, created: true })
	})

	it('gives up at its deadline, and whatever was done was done once', async () => {
		const api = clientOf(2000)
		const row = user()
		const started = performance.now()
		const seen = lose({ kind: 'drop-answer' }, Infinity)
		const failure: unknown = await api.users.getOrCreate(row).catch((error: unknown) => error)
		expect(failure).toBeInstanceOf(ConnectionError)
		expect(performance.now() - started).toBeLessThan(10_000)
		expect(seen.requests).toBeGreaterThan(2)
		expect(await stored(row.email)).toHaveLength(1)
		await expect(api.users.getOrCreateMany([user()])).rejects.toThrow(ConnectionError)
		await expect(api.users.getOrCreateStream([user()]).next()).rejects.toThrow(ConnectionError)
	})

	it('that is back under its own key is told what was done before it gave up', async () => {
		const api = clientOf(1000)
		const row = user()
		const options = { idempotencyKey: randomUUID() }
		lose({ kind: 'drop-answer' }, Infinity)
		await expect(api.users.getOrCreate(row, options)).rejects.toThrow(ConnectionError)
		line.heal()
		expect(await api.users.getOrCreate(row, options)).toMatchObject({ row, created: true, replayed: true })
		expect(await api.users.getOrCreate(row)).toMatchObject({ row, created: false })
	})

	it('without a key says that it does not know', async () => {
		const api = clientOf()
		const row = user()
		const seen = lose({ kind: 'drop-answer' })
		const refused = api.users.getOrCreate(row, { idempotencyKey: false })
		await expect(refused).rejects.toThrow(ConnectionError)
		expect(seen.requests).toBe(1)
		expect(await stored(row.email)).toHaveLength(1)
	})

	it('that is called off lets go of its connection', async () => {
		const controller = new AbortController()
		const reason = new Error('gone home')
		line.inject(() => {
			queueMicrotask(() => controller.abort(reason))
			return { kind: 'swallow-answer' }
		})
		const answered = clientOf().users.getOrCreate(user(), { signal: controller.signal })
		await expect(answered).rejects.toBe(reason)
	})
})

describe('callers of one row over a flaky line', () => {
	it('are told once that it was made', async () => {
		for (let round = 0; round < 3; round++) {
			const row = user()
			flaky(round)
			const api = clientOf(PATIENCE_MS)
			const answers = await Promise.all(
				Array.from({ length: 50 }, async () => await api.users.getOrCreate(row, { by: ['email'] })),
			)
			expect(answers.filter(({ created }) => created)).toHaveLength(1)
			expect(new Set(answers.map((answer) => answer.row.id))).toHaveLength(1)
			expect(await stored(row.email)).toHaveLength(1)
		}
	})

	it('are told once that it was updated', async () => {
		const row = user()
		const api = clientOf(PATIENCE_MS)
		await api.users.getOrCreate(row)
		flaky()
		const renamed = { ...row, name: fresh('renamed') }
		const answers = await Promise.all(
			Array.from({ length: 50 }, async () => await api.users.updateOrCreate(renamed, { by: ['email'] })),
		)
		expect(answers.filter(({ updated }) => updated)).toHaveLength(1)
		expect(answers.some(({ created }) => created)).toBe(false)
	})
})

describe('a stream over a flaky line', () => {
	it('answers each of 5,000 rows once, in order, and tells the truth', async () => {
		const known = Array.from({ length: 100 }, user)
		const api = clientOf()
		await api.users.getOrCreateMany(known)
		const rows = Array.from({ length: 5000 }, (_, i) => (i % 50 === 0 ? known[i / 50] : undefined) ?? user())
		let requests = 0
		line.inject(() => (++requests % 2 === 1 ? LOSSES[((requests - 1) / 2) % 3]?.[1] : undefined))
		async function* source() {
			for (const [i, row] of rows.entries()) {
				if (i % 700 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
				yield row
			}
		}
		const items = []
		for await (const item of api.users.getOrCreateStream(source(), { by: ['email'] })) items.push(item)
		expect(items.map(({ row, created }) => [row?.email, created])).toEqual(
			rows.map(({ email }) => [email, !known.some((each) => each.email === email)]),
		)
		expect(requests).toBeGreaterThan(9)
		const [counted] = await stage.query<{ count: number }>(
			`SELECT count(*) AS count FROM users WHERE email IN (${rows.map(({ email }) => `'${email}'`).join()})`,
		)
		expect(counted).toEqual({ count: 5000 })
	})

	it('goes on after the same rows were asked for by a process that died', async () => {
		const rows = Array.from({ length: 2200 }, user)
		const options = { by: ['email'], idempotencyKey: randomUUID() } as const
		const first = clientOf(1500).users.getOrCreateStream(rows, options)
		const seen: unknown[] = []
		line.inject((asked) => (asked.includes(rows[1500]?.email ?? '') ? { kind: 'drop-answer' } : undefined))
		const died = async () => {
			for await (const { created } of first) seen.push(created)
		}
		await expect(died()).rejects.toThrow(ConnectionError)
		expect(seen).toEqual(Array.from({ length: 1000 }, () => true))
		line.heal()
		const items = []
		for await (const item of clientOf().users.getOrCreateStream(rows, options)) items.push(item)
		expect(items).toMatchObject(rows.map((row) => ({ row, created: true })))
	})
})

describe('a refused token', () => {
	it('is a problem, however flaky the line', async () => {
		flaky()
		const api = createClient<typeof resources>({ url: line.url, token: 'wrong' })
		const refused = api.users.getOrCreate(user())
		await expect(refused).rejects.toThrow(ProblemError)
		await expect(refused).rejects.toMatchObject({ slug: 'unauthorized' })
	})
})
