import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../faults/client.ts'
import { type Watched, watched } from '../faults/crowd.ts'
import { codeOf, type Stage, startStage } from '../faults/stage.ts'

// While a version is rolled out its isolates meet objects of others, and its objects isolates of others.

let stage: Stage
beforeAll(async () => {
	stage = await startStage(await codeOf('test/process/workers/versions.ts'), { services: [] })
}, 60_000)
afterAll(() => stage.stop())

async function start(object: string): Promise<Watched> {
	const settings = { DATABASE_TIMEOUT_MS: '3000' }
	return watched(await stage.start({ objects: { GROUP_COMMIT: object }, settings }))
}

const names = (count: number) => Array.from({ length: count }, () => randomUUID())

async function today({ origin }: Watched, username: string, headers = {}) {
	return await ask(origin, { method: 'POST', path: '/accounts?by=username', body: { username }, headers })
}

async function before({ origin }: Watched, username: string) {
	return await ask(origin, { method: 'GET', path: `/before?username=${username}` })
}

const statusesOf = (answers: readonly { status: number }[]) => new Set(answers.map(({ status }) => status))

describe.each([
	['of the version before', 'Before'],
	['that can be asked for nothing', 'Mute'],
	['that never answers', 'Deaf'],
	['that answers in no known shape', 'Strange'],
])('under an object %s an isolate of today', (_, object) => {
	it('works by itself, from the first request on, and goes on to', async () => {
		const worker = await start(object)
		// Longer than it leaves an object alone: it asks again meanwhile.
		const ends = performance.now() + 1500
		while (performance.now() < ends) {
			const answers = await Promise.all(names(10).map(async (name) => await today(worker, name)))
			expect(statusesOf(answers)).toEqual(new Set([201]))
		}
		expect(worker.printed()).not.toContain('"commit":"durable-object"')
	}, 30_000)

	it('tells the truth under keys, of arrays and of updates', async () => {
		const worker = await start(object)
		const [username = '', ...others] = names(5)
		const headers = { 'idempotency-key': username }
		expect(await today(worker, username, headers)).toMatchObject({ status: 201 })
		const again = await today(worker, username, headers)
		expect(again).toMatchObject({ status: 201, body: { created: true } })
		expect(again.headers.get('idempotency-replayed')).toBe('true')
		const path = '/accounts?by=username'
		const body = [username, ...others].map((each) => ({ username: each, isSuperuser: true }))
		expect(await ask(worker.origin, { method: 'PUT', path, body })).toMatchObject({
			status: 200,
			body: [{ updated: true }, ...others.map(() => ({ created: true }))],
		})
	}, 30_000)
})

describe('under an object of today', () => {
	it('an isolate of the version before works by itself', async () => {
		const worker = await start('GroupCommit')
		for (let round = 0; round < 3; round++) {
			const answers = await Promise.all(names(10).map(async (name) => await before(worker, name)))
			expect(statusesOf(answers)).toEqual(new Set([201]))
		}
	}, 30_000)

	it('an isolate of today shares its transactions', async () => {
		const worker = await start('GroupCommit')
		const answers = await Promise.all(names(10).map(async (name) => await today(worker, name)))
		expect(statusesOf(answers)).toEqual(new Set([201]))
		expect(worker.printed()).toContain('"commit":"durable-object"')
	}, 30_000)
})

describe.each(['GroupCommit', 'Before'])('under the object %s', (object) => {
	it('isolates of both versions that race for the same rows make one creator each', async () => {
		const worker = await start(object)
		const answers = await Promise.all(
			names(40).map(
				async (name) => await Promise.all([before(worker, name), today(worker, name), before(worker, name)]),
			),
		)
		for (const each of answers) {
			expect(each.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 201])
		}
	}, 30_000)
})
