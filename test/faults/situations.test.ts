import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import type { Running } from '../../bench/workerd.ts'
import { printedBy } from '../runtime/printed.ts'
import { type Answer, ask, faultOf } from './client.ts'
import { SITUATIONS } from './situations.ts'
import { SHARING, type Stage, startStage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [] })
}, 60_000)
afterAll(() => stage.stop())

const post = async ({ origin }: Running, table: string, body: object): Promise<Answer> =>
	await ask(origin, { method: 'POST', path: `/${table}`, body })
const account = (username: string = randomUUID()) => ({ username })
const user = () => ({ name: randomUUID(), email: randomUUID() })
const health = async ({ origin }: Running) => (await ask(origin, { method: 'GET', path: '/healthz' })).status

describe('when the database has', () => {
	it.each(SITUATIONS)('$name, whose work it is is told so and nobody else notices', async (situation) => {
		const {
			breaks = [],
			mends = [],
			fault,
			status,
			hit = status,
			cause,
			atOnce,
			isHealthy = false,
		} = situation
		// A new isolate: what it has seen before it believes for some seconds.
		const worker = await stage.start({})
		const printed = printedBy(worker.process)
		try {
			for (const sql of breaks) await stage.query(sql)
			if (fault) stage.proxy.inject(() => fault)
			const asked = Array.from({ length: 5 }, async () => {
				// Neighbours before, beside and behind.
				const neighbours = fault ? [] : [post(worker, 'users', user()), post(worker, 'users', user())]
				const own = post(worker, 'accounts', account())
				await sleep(3)
				return { own: await own, neighbours: await Promise.all(neighbours) }
			})
			for (const { own, neighbours } of await Promise.all(asked)) {
				expect(faultOf(own)).toBeUndefined()
				expect(own.status).toBe(status)
				expect(neighbours.map((answer) => answer.status)).toEqual(neighbours.map(() => 201))
				expect(own.ms).toBeLessThan(atOnce ? 1000 : 2000)
			}
			expect((await post(worker, 'accounts', account('there'))).status).toBe(hit)
			expect(await health(worker)).toBe(isHealthy ? 200 : status)
			await vi.waitUntil(() => cause.test(printed().replaceAll('\\"', '"')))
			expect(printed()).not.toContain('secret=word')
		} finally {
			for (const sql of mends) await stage.query(sql)
			stage.proxy.heal()
		}
		try {
			expect((await post(worker, 'accounts', account())).status).toBe(201)
			expect(await health(worker)).toBe(200)
		} finally {
			await worker.stop()
		}
	})
})

describe.each([
	['in the isolate', {}],
	['through the object', SHARING],
])('answers that are lost %s', (_, service) => {
	it('stop only those whose own they were', async () => {
		const worker = await stage.start({ ...service, settings: { DATABASE_TIMEOUT_MS: '3000' } })
		const printed = printedBy(worker.process)
		try {
			for (let call = 0; call < 5; call++) await post(worker, 'accounts', account())
			let lost = 0
			stage.proxy.inject((asked) =>
				asked.includes('BEGIN IMMEDIATE') && lost++ === 0 ? { kind: 'swallow-answer' } : undefined,
			)
			const first = post(worker, 'accounts', account())
			const answers: Answer[] = []
			const callers = Array.from({ length: 8 }, async () => {
				for (let call = 0; call < 10; call++) answers.push(await post(worker, 'accounts', account()))
			})
			await Promise.all(callers)
			expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
			expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(1500)
			expect((await first).status).toBe(504)
			await vi.waitUntil(() => /unknown \((no answer in time|timeout|TimeoutError)/.test(printed()))
		} finally {
			stage.proxy.heal()
			await worker.stop()
		}
	})
})

describe('a request that reaches the database twice, and is given the second answer', () => {
	it.each([
		['POST', '/accounts?by=username', { created: true }],
		['PUT', '/accounts?by=username', { created: true, updated: false }],
	] as const)('tells under a key what the first has done: %s', async (method, path, told) => {
		const worker = await stage.start({})
		try {
			stage.proxy.inject(() => ({ kind: 'twice' }))
			const headers = { 'idempotency-key': randomUUID() }
			const answer = await ask(worker.origin, { method, path, body: account(), headers })
			expect(answer).toMatchObject({ status: 201, body: told })
		} finally {
			stage.proxy.heal()
			await worker.stop()
		}
	})

	it('does not update again, over an update that came between', async () => {
		const worker = await stage.start({})
		try {
			const { username } = account()
			await post(worker, 'accounts', { username })
			const between = async () =>
				await stage.query(`UPDATE accounts SET is_superuser = 0 WHERE username = '${username}' RETURNING id`)
			stage.proxy.inject(() => ({ kind: 'twice', between }))
			const answer = await ask(worker.origin, {
				method: 'PUT',
				path: '/accounts',
				body: { username, isSuperuser: true },
				headers: { 'idempotency-key': randomUUID() },
			})
			expect(answer).toMatchObject({
				status: 200,
				body: { updated: true, created: false, row: { isSuperuser: false } },
			})
		} finally {
			stage.proxy.heal()
			await worker.stop()
		}
	})
})
