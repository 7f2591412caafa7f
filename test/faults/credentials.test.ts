import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ask } from './client.ts'
import { type Stage, startStage } from './stage.ts'

const SECRET = 'the-database-token'

let stage: Stage
let printed = ''
beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [{ settings: { TURSO_AUTH_TOKEN: SECRET } }] })
	for (const { process } of stage.workers) {
		process.stdout?.on('data', (chunk) => (printed += String(chunk)))
		process.stderr?.on('data', (chunk) => (printed += String(chunk)))
	}
}, 60_000)
afterAll(() => stage.stop())

async function post(username: string) {
	const body = { username }
	return await ask(stage.origin, { method: 'POST', path: '/accounts?by=username', body })
}

describe('what goes wrong between the service and its database', () => {
	it.each([401, 403])('is for the log where the credentials are refused (%i)', async (status) => {
		stage.proxy.inject(() => ({ kind: 'answer', status, body: () => `{"error":"${SECRET} is not good"}` }))
		const before = printed.length
		const answer = await post('nobody')
		expect(answer).toMatchObject({ status: 500, body: { type: '/problems/misconfigured' } })
		expect(answer.text).not.toMatch(/database|denied|40[13]|token/)
		await expect.poll(() => printed.slice(before)).toContain('denied')
		expect(printed).not.toContain(SECRET)
	})

	it('is logged without any value, also where an answer is almost JSON', async () => {
		stage.proxy.inject(() => ({ kind: 'garble', change: (body) => body.replace('"somebody"', 'somebody') }))
		const before = printed.length
		expect((await post('somebody')).status).toBe(504)
		await expect.poll(() => printed.slice(before)).toContain('unknown')
		expect(printed).not.toContain('somebody')
	})
})
