import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { printedBy } from '../process/printed.ts'
import { ask } from './client.ts'
import { type Stage, startStage } from './stage.ts'

const SECRET = 'the-database-token'

let stage: Stage
let printed: () => string
beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [{ settings: { TURSO_AUTH_TOKEN: SECRET } }] })
}, 60_000)
beforeEach(() => {
	const [worker] = stage.workers
	if (worker) printed = printedBy(worker.process)
})
afterAll(() => stage.stop())

async function post(username: string) {
	const body = { username }
	return await ask(stage.origin, { method: 'POST', path: '/accounts?by=username', body })
}

describe('what goes wrong between the service and its database', () => {
	it.each([401, 403])('is for the log where the credentials are refused (%i)', async (status) => {
		stage.proxy.inject(() => ({ kind: 'answer', status, body: () => `{"error":"${SECRET} is not good"}` }))
		const answer = await post('nobody')
		expect(answer).toMatchObject({ status: 500, body: { type: '/problems/misconfigured' } })
		// Its request id may have any digits.
		const { requestId, ...told } = answer.body as { requestId: string }
		expect(requestId).toHaveLength(36)
		expect(JSON.stringify(told)).not.toMatch(/database|denied|40[13]|token/)
		await expect.poll(() => printed()).toContain('denied')
		expect(printed()).not.toContain(SECRET)
	})

	it('is logged without any value, also where an answer is almost JSON', async () => {
		stage.proxy.inject(() => ({
			kind: 'garble',
			change: (body) => body.replace(String.raw`\"somebody\"`, 'somebody'),
		}))
		expect((await post('somebody')).status).toBe(504)
		await expect.poll(() => printed()).toContain('unknown')
		expect(printed()).not.toContain('somebody')
	})
})
