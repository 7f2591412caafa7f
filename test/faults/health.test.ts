import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type Answer, ask, faultOf } from './client.ts'
import { askAll, askForAccount, unserved, type Watched, watched, writes } from './crowd.ts'
import { PATIENT, type Stage, startStage } from './stage.ts'

/** A load balancer asks often, and gives up early. */
const HEALTH_MS = 2000

let stage: Stage
let worker: Watched
beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [] })
	worker = watched(await stage.start({ settings: PATIENT }))
}, 60_000)
afterAll(() => stage.stop())
afterEach(() => stage.proxy.heal())

async function health(query = ''): Promise<Answer> {
	const answer = await ask(worker.origin, { method: 'GET', path: `/healthz${query}` })
	expect(faultOf(answer)).toBeUndefined()
	return answer
}

describe('health', () => {
	it('hurts no writers, however often it is asked, and leaves nothing behind', async () => {
		const before = await stage.query('SELECT * FROM idempotency_keys')
		const checks = Array.from({ length: 50 }, async () => await health())
		const answers = await Promise.all(Array.from({ length: 10 }, async () => await askAll(worker, writes)))
		expect(unserved([...answers.flat(), ...(await Promise.all(checks))])).toEqual([])
		expect(await stage.query('SELECT * FROM idempotency_keys')).toEqual(before)
	})

	it('has a deadline of its own where the database stands still', async () => {
		stage.proxy.freeze()
		const answers = await Promise.all([health(), health('?read')])
		stage.proxy.thaw()
		expect(answers.map(({ status }) => status)).toEqual([504, 504])
		expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(HEALTH_MS + 500)
		expect((await health()).status).toBe(200)
	})

	it('tells that nobody can write while another holds the lock, and is 200 once that is given back', async () => {
		const baton = await begin(stage.databaseUrl)
		const answer = await health()
		expect([503, 504]).toContain(answer.status)
		expect(answer.ms).toBeLessThan(HEALTH_MS + 500)
		await rollback(stage.databaseUrl, baton)
		await expect.poll(async () => (await health()).status).toBe(200)
	})

	it('is 500 where the notes of Idempotency-Keys are gone, which nobody notices who sends none', async () => {
		const id = randomUUID()
		await stage.query('ALTER TABLE idempotency_keys RENAME TO aside')
		const sending = { method: 'POST', path: '/users', body: { name: id, email: id } } as const
		const headers = { 'idempotency-key': id, 'x-request-id': id }
		const [keyed, alive, unkeyed, others] = await Promise.all([
			ask(worker.origin, { ...sending, headers }),
			health(),
			askForAccount(worker, randomUUID()),
			askAll(worker, writes),
		])
		await stage.query('ALTER TABLE aside RENAME TO idempotency_keys')
		expect(faultOf(keyed)).toBeUndefined()
		expect([keyed.status, alive.status, unkeyed.status]).toEqual([500, 500, 201])
		expect(unserved(others)).toEqual([])
		await vi.waitUntil(() => worker.lines(id).length === 1)
		expect(worker.lines(id)[0]?.cause).toMatch(/idempotency_keys.*npm run db:migrate/)
		expect((await health()).status).toBe(200)
		expect((await ask(worker.origin, { ...sending, headers })).status).toBe(201)
	})
})

/** Begins a transaction that writes, and leaves it open. */
async function begin(url: string): Promise<string> {
	const answer = await pipeline(url, { requests: [execute('BEGIN IMMEDIATE')] })
	const baton: unknown = Reflect.get(Object(answer), 'baton')
	if (typeof baton !== 'string') throw new Error('a stream without a baton')
	return baton
}

async function rollback(url: string, baton: string): Promise<void> {
	await pipeline(url, { baton, requests: [execute('ROLLBACK'), { type: 'close' }] })
}

const execute = (sql: string) => ({ type: 'execute', stmt: { sql } })

async function pipeline(url: string, body: object): Promise<unknown> {
	const headers = { 'content-type': 'application/json' }
	const answer = await fetch(`${url}/v3/pipeline`, { method: 'POST', headers, body: JSON.stringify(body) })
	return await answer.json()
}
