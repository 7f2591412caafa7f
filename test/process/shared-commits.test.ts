import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PATIENT, type Stage, startStage } from '../faults/stage.ts'

// What only real connections can show: the bundle in the Workers runtime itself, callers that hang up, much traffic.

let stage: Stage

beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [{ settings: PATIENT }] })
}, 60_000)

afterAll(async () => await stage.stop())

const agent = new Agent({ keepAlive: true })

/** Asks for an account, and can hang up. The status is 0 where there was no answer. */
function ask(username: string) {
	const asked = request(`${stage.origin}/accounts?by=username`, {
		agent,
		method: 'POST',
		headers: { authorization: 'Bearer bench', 'content-type': 'application/json' },
	})
	const status = new Promise<number>((resolve) => {
		asked.on('error', () => resolve(0))
		asked.on('response', (response) => {
			response.resume()
			response.on('end', () => resolve(response.statusCode ?? 0))
		})
	})
	asked.end(JSON.stringify({ username }))
	return { status, hangUp: () => asked.destroy() }
}

describe('callers that share commits', () => {
	it('do not notice that the leader hung up, nor the next leader, while the database stood still', async () => {
		for (const round of [1, 2, 3]) {
			expect(await ask(`warm-${round}`).status).toBe(201)
			stage.proxy.freeze()
			const leader = ask(`leader-${round}`)
			await sleep(50)
			const [next, second, ...others] = Array.from({ length: 30 }, (_, i) => ask(`other-${round}-${i}`))
			await sleep(50)
			leader.hangUp()
			next?.hangUp()
			second?.hangUp()
			await sleep(400)
			stage.proxy.thaw()
			const statuses = await Promise.all(others.map(({ status }) => status))
			expect(new Set(statuses)).toEqual(new Set([201]))
			// The leader had sent its row before it hung up.
			expect(await ask(`leader-${round}`).status).toBe(200)
		}
	}, 30_000)

	it('each go on in their own request, also once the runtime has optimized the code', async () => {
		const statuses = new Map<number, number>()
		let next = 0
		const caller = async () => {
			while (next < REQUESTS) {
				const status = await ask(`hot-${Math.floor(next++ / 4)}`).status
				statuses.set(status, (statuses.get(status) ?? 0) + 1)
			}
		}
		await Promise.all(Array.from({ length: 64 }, caller))
		expect(Object.fromEntries(statuses)).toEqual({ 201: REQUESTS / 4, 200: (REQUESTS / 4) * 3 })
	}, 60_000)
})

/** Some ten thousand went well with promises that were not marked with their request; then every one failed. */
const REQUESTS = 32_000
