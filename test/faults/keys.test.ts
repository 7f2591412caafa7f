import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Answer, ask, faultOf } from './client.ts'
import type { Fault } from './proxy.ts'
import { type Service, SHARING, type Stage, startStage } from './stage.ts'

// Under an Idempotency-Key a caller learns what its first try did, whatever became of that.

const DROPPED: Fault = { kind: 'drop-answer' }

describe.each<[string, Service]>([
	['in the isolate', {}],
	['through the object', SHARING],
])('under a key, %s,', (_, service) => {
	let stage: Stage
	beforeAll(async () => {
		stage = await startStage(inject('bundle'), { services: [service] })
	}, 60_000)
	afterAll(() => stage.stop())
	afterEach(() => stage.proxy.heal())

	/** A request under a key, and whether it was a repeat. */
	async function send(
		key: string,
		method: 'POST' | 'PUT',
		body: unknown,
	): Promise<Answer & { replayed: boolean }> {
		const headers = { 'idempotency-key': key }
		const answer = await ask(stage.origin, { method, path: '/accounts?by=username', body, headers })
		expect(faultOf(answer)).toBeUndefined()
		return { ...answer, replayed: answer.headers.get('idempotency-replayed') === 'true' }
	}

	/** Decides about the requests with this in them, by how many came before. */
	function decide(value: string, faultAt: (count: number) => Fault | undefined): void {
		let count = 0
		stage.proxy.inject((asked) => (asked.includes(value) ? faultAt(count++) : undefined))
	}

	const update = async (username: string) =>
		await stage.query(`UPDATE accounts SET is_superuser = 0 WHERE username = '${username}' RETURNING id`)
	const created = { status: 201, body: { created: true } }
	const updated = { status: 200, body: { created: false, updated: true } }

	it.each([1, 2])('a commit whose answer is lost %i times is known to be ours', async (times) => {
		const [key, username] = [randomUUID(), randomUUID()]
		decide(username, (count) => (count < times ? DROPPED : undefined))
		expect(await send(key, 'POST', { username })).toMatchObject({ ...created, replayed: false })
		expect(await send(key, 'POST', { username })).toMatchObject({ ...created, replayed: true })
	})

	it('a caller that was told nothing asks again, and is told what its first try did', async () => {
		const [key, username] = [randomUUID(), randomUUID()]
		decide(username, () => DROPPED)
		expect((await send(key, 'POST', { username })).status).toBe(503)
		stage.proxy.heal()
		expect(await send(key, 'POST', { username })).toMatchObject({ ...created, replayed: true })
		expect((await send(randomUUID(), 'POST', { username })).body).toMatchObject({ created: false })
	})

	it('rows of an array are each known', async () => {
		const [key, other] = [randomUUID(), { username: randomUUID() }]
		const rows = [{ username: randomUUID() }, other, { username: randomUUID() }]
		await send(randomUUID(), 'POST', other)
		decide(other.username, () => DROPPED)
		expect((await send(key, 'POST', rows)).status).toBe(503)
		stage.proxy.heal()
		const flags = [{ created: true }, { created: false }, { created: true }]
		expect(await send(key, 'POST', rows)).toMatchObject({ status: 200, body: flags, replayed: true })
	})

	it('an update whose answer is lost is not done again over one that came between', async () => {
		const [key, username] = [randomUUID(), randomUUID()]
		await send(randomUUID(), 'POST', { username })
		const between = Promise.withResolvers<unknown[]>()
		decide(username, (count) => {
			if (count === 0) return DROPPED
			if (count === 1) void update(username).then(between.resolve)
			return { kind: 'delay', ms: 200 }
		})
		const answer = await send(key, 'PUT', { username, isSuperuser: true })
		expect(await between.promise).toHaveLength(1)
		expect(answer).toMatchObject({ ...updated, body: { updated: true, row: { isSuperuser: false } } })
	})

	it.each(['POST', 'PUT'] as const)('a %s that arrives after its own repeat does nothing', async (method) => {
		const [key, username] = [randomUUID(), randomUUID()]
		if (method === 'PUT') await send(randomUUID(), 'POST', { username })
		decide(username, (count) => (count === 0 ? { kind: 'answer-first', status: 504, ms: 300 } : undefined))
		const answer = await send(key, method, { username, isSuperuser: true })
		expect(answer).toMatchObject({ ...(method === 'POST' ? created : updated), replayed: false })
		await update(username)
		await sleep(500)
		const again = await send(key, method, { username, isSuperuser: true })
		expect(again).toMatchObject({
			status: answer.status,
			replayed: true,
			body: { row: { isSuperuser: false } },
		})
	})

	it('a database that stood still tells in the end', async () => {
		const [key, username] = [randomUUID(), randomUUID()]
		stage.proxy.freeze()
		expect((await send(key, 'POST', { username })).status).toBe(504)
		stage.proxy.thaw()
		// The first may have arrived by now, or not.
		expect(await send(key, 'POST', { username })).toMatchObject(created)
	})

	it('one of two at once that lose their answers does the work, and both are told the same', async () => {
		const [key, username] = [randomUUID(), randomUUID()]
		decide(username, (count) => (count < 2 ? DROPPED : undefined))
		const answers = await Promise.all([1, 2].map(async () => await send(key, 'PUT', { username })))
		expect(answers).toMatchObject([created, created])
	})
})
