import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { callWith, fresh, json } from '../support/service'

const lines: unknown[] = []
beforeEach(() => {
	lines.length = 0
	const keep = (line: string) => void lines.push(JSON.parse(line))
	vi.spyOn(console, 'log').mockImplementation(keep)
	vi.spyOn(console, 'error').mockImplementation(keep)
})
afterEach(() => void vi.restoreAllMocks())

const user = () => json({ name: fresh('u'), email: fresh('u') })

describe('the deadline', () => {
	it('is above the 5 s after which libSQL frees the lock of a writer that has gone, unless it is set', async () => {
		const unset = { TURSO_DATABASE_URL: inject('silentUrl'), DATABASE_TIMEOUT_MS: '' }
		const started = Date.now()
		const answer = await callWith(unset, '/users', user())
		expect(answer).toMatchObject({ status: 504, body: { type: '/problems/database-timeout' } })
		expect(Date.now() - started).toBeGreaterThanOrEqual(6000)
	}, 10_000)

	it.each(['1000', '120000'])('may be %s ms', async (ms) => {
		expect((await callWith({ DATABASE_TIMEOUT_MS: ms }, '/users', user())).status).toBe(201)
	})
})

describe('tokens that are refused', () => {
	const refused = async (token: string) =>
		await callWith({}, '/users', { ...user(), headers: { authorization: `Bearer ${token}` } })

	it('are told of at most once a second, and all that is let in is told of', async () => {
		const started = Date.now()
		for (let turn = 0; turn < 10; turn++) {
			for (let guess = 0; guess < 10; guess++) {
				expect((await refused(`guess-${turn}-${guess}`)).status).toBe(401)
			}
			expect((await callWith({}, '/users', user())).status).toBe(201)
		}
		const seconds = (Date.now() - started) / 1000
		const told = lines.filter((line) => Reflect.get(Object(line), 'outcome') === 'unauthorized')
		expect(told.length).toBeGreaterThanOrEqual(1)
		expect(told.length).toBeLessThanOrEqual(Math.floor(seconds) + 1)
		expect(lines).toHaveLength(told.length + 10)
		expect(JSON.stringify(lines)).not.toContain('guess')
	})

	it('are told of again once a second has passed', async () => {
		const told = () => lines.filter((line) => Reflect.get(Object(line), 'outcome') === 'unauthorized').length
		await vi.waitUntil(
			async () => {
				await refused('guess')
				return told() === 2
			},
			{ timeout: 5000 },
		)
		expect(told()).toBe(2)
	})
})
