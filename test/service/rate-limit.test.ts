import { describe, expect, it } from 'vitest'
import { LIMITER } from '../support/bindings'
import { askTooOften, callWith, fresh, json } from '../support/service'

describe('a limit of requests', () => {
	it('refuses a token that asks too often, and says when to come back', async () => {
		const refused = await askTooOften('/users/0')
		expect(refused?.status).toBe(429)
		expect(refused?.headers.get('retry-after')).toBe('10')
		expect(refused?.body).toMatchObject({ type: '/problems/rate-limited', status: 429 })
	})

	it('writes nothing of what it refuses', async () => {
		const statuses = new Map<string, number>()
		for (let time = 0; time < 8; time++) {
			const name = fresh('limited')
			const answer = await callWith({ RATE_LIMIT: LIMITER }, '/users', json({ name, email: name }))
			statuses.set(name, answer.status)
		}
		expect([...statuses.values()]).toContain(429)
		for (const [name, status] of statuses) {
			const found = await callWith({}, `/users?name=${name}`)
			expect(found.status).toBe(status === 429 ? 404 : 200)
		}
	})

	it('is one per token, however it is sent, and lets the token go nowhere', async () => {
		const keys: string[] = []
		const RATE_LIMIT: RateLimit = {
			limit: async (options) => {
				keys.push(options.key)
				return await LIMITER.limit(options)
			},
		}
		const settings = { API_TOKENS: 'one-token,other-token', RATE_LIMIT }
		const ask = async (authorization: string) =>
			await callWith(settings, '/users/0', { headers: { authorization } })
		await askTooOften('/users/0')
		expect((await ask('Bearer one-token')).status).toBe(404)
		expect((await ask('bearer  one-token')).status).toBe(404)
		expect((await ask('Bearer other-token')).status).toBe(404)
		expect((await ask('Bearer wrong-token')).status).toBe(401)
		const [one, again, other] = keys
		expect(keys).toEqual([one, one, other])
		expect(again).not.toBe(other)
		for (const key of keys) expect(key).toMatch(/^[\da-f]{64}$/)
	})
})
