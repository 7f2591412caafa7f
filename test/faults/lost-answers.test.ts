import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import type { Answer } from './client.ts'
import { askForAccount, type Watched, watched } from './crowd.ts'
import type { Fault } from './proxy.ts'
import { type Service, SHARING, type Stage, startStage } from './stage.ts'

// Done by the database, and never answered: nothing tells such a transaction from a slow one but the time it takes.

const DEADLINE_MS = 2500
/** The longest that anybody waits for answers that others have lost. */
const GAP_MS = 1000

const settings = { DATABASE_TIMEOUT_MS: String(DEADLINE_MS) }
const LOST: Fault = { kind: 'swallow-answer' }

let stage: Stage
beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [] })
}, 60_000)
afterAll(() => stage.stop())
afterEach(() => stage.proxy.heal())

const WAYS: [name: string, service: Service][] = [
	['in the isolate', {}],
	['through the object', SHARING],
]

async function start(service: Service, away: Fault | undefined): Promise<Watched> {
	const worker = watched(await stage.start({ ...service, settings }))
	stage.proxy.inject(() => away)
	for (let call = 0; call < 5; call++) await askForAccount(worker, randomUUID())
	return worker
}

const name = () => `marked-${randomUUID()}`
const namesIn = (asked: string) => asked.match(/marked-[\da-f-]{36}/g) ?? []

/** Callers who come one after the other, whatever became of those before. */
async function arrivals(worker: Watched, during: number): Promise<{ username: string; answer: Answer }[]> {
	const asked: Promise<{ username: string; answer: Answer }>[] = []
	const ends = performance.now() + during
	while (performance.now() < ends) {
		const username = name()
		asked.push(askForAccount(worker, username).then((answer) => ({ username, answer })))
		await sleep(5)
	}
	return await Promise.all(asked)
}

const NEAR = undefined
const FAR: Fault = { kind: 'delay', ms: 40 }

const LOSSES: [name: string, isLost: (ms: number, lost: number) => boolean][] = [
	['all answers for 100 ms', (ms) => ms > 200 && ms < 300],
	['an answer now and then', (ms, lost) => ms > 200 + 600 * lost && lost < 3],
]

describe.each([
	['beside the database', NEAR],
	['far from it', FAR],
])('%s', (_, away) => {
	it.each(LOSSES)('who loses %s is told 504, and nobody else waits for that', async (__, isLost) => {
		const workers: Watched[] = []
		for (const [, service] of WAYS) workers.push(await start(service, away))
		const carried = new Set<string>()
		let lost = 0
		const started = performance.now()
		stage.proxy.inject((asked) => {
			const names = namesIn(asked)
			if (names.length === 0 || !isLost(performance.now() - started, lost)) return away
			lost++
			for (const each of names) carried.add(each)
			return LOST
		})
		const answers = await Promise.all(workers.map(async (worker) => await arrivals(worker, 2000)))
		for (const each of answers) {
			const others = each.filter(({ username }) => !carried.has(username))
			const own = each.filter(({ username }) => carried.has(username))
			expect.soft(new Set(others.map(({ answer: { status } }) => status))).toEqual(new Set([201]))
			expect.soft(Math.max(...others.map(({ answer: { ms } }) => ms))).toBeLessThan(GAP_MS)
			expect.soft(new Set(own.map(({ answer: { status } }) => status))).toEqual(new Set(own.map(() => 504)))
			expect.soft(Math.max(0, ...own.map(({ answer: { ms } }) => ms))).toBeLessThan(DEADLINE_MS + 500)
		}
		expect(lost).toBeGreaterThan(0)
	})
})

// Of what an isolate has given to the object it does not know whether that was on its way when the time was up.
describe('the log of an isolate', () => {
	it('tells whose answer was lost from those who waited for it', async () => {
		// Before the first is taken for lost.
		const worker = watched(await stage.start({ settings: { DATABASE_TIMEOUT_MS: '400' } }))
		for (let call = 0; call < 5; call++) await askForAccount(worker, randomUUID())
		const arrived = Promise.withResolvers<void>()
		const carried = new Set<string>()
		stage.proxy.inject((asked) => {
			for (const each of namesIn(asked)) carried.add(each)
			if (carried.size > 0) arrived.resolve()
			return LOST
		})
		const own = name()
		const others = Array.from({ length: 20 }, name)
		const answers = [askForAccount(worker, own, own)]
		await arrived.promise
		for (const each of others) answers.push(askForAccount(worker, each, each))
		expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([504]))
		const causesOf = (names: string[]) => names.flatMap((id) => worker.lines(id).map(({ cause }) => cause))
		await vi.waitUntil(() => causesOf([own, ...others]).length === 21)
		const lost = causesOf([...carried])
		const waited = causesOf(others.filter((each) => !carried.has(each)))
		expect(waited).not.toEqual([])
		expect(lost.filter((cause) => waited.includes(cause))).toEqual([])
	})
})
