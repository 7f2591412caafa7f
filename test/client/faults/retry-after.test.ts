import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { listen } from '../../../scripts/server.ts'
import { createClient } from '../../../src/client/index.ts'
import type { resources } from '../../../src/resources.ts'

// Over real connections, and answers of a service that is too busy.

const PROBLEM = {
	type: '/problems/rate-limited',
	title: 'Too many requests',
	status: 429,
	detail: 'Slow down.',
	requestId: 'r',
}
const MADE = { row: { id: 1, name: 'Ada', email: 'ada@example.com' }, created: true }

let stop = () => {}
afterEach(() => stop())

async function clientOf(listener: RequestListener) {
	const server = createServer(listener)
	const url = `http://127.0.0.1:${await listen(server)}`
	stop = () => {
		server.close()
		server.closeAllConnections()
	}
	return createClient<typeof resources>({ url, token: 'x' })
}

/** Refuses the first request with this Retry-After, and tells when each came. */
async function busyOnce(retryAfter: string) {
	const times: number[] = []
	const api = await clientOf((_, answer) => {
		times.push(performance.now())
		if (times.length > 1)
			answer.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(MADE))
		else {
			const headers = { 'content-type': 'application/problem+json', 'retry-after': retryAfter }
			answer.writeHead(429, headers).end(JSON.stringify(PROBLEM))
		}
	})
	return { api, times }
}

describe('Retry-After', () => {
	it.each([
		['seconds', () => '2'],
		// Of whole seconds, so that 2 to 3 of them are left.
		['a date', () => new Date(Date.now() + 3000).toUTCString()],
	])('in %s is waited for', async (_, retryAfter) => {
		const { api, times } = await busyOnce(retryAfter())
		const made = await api.users.getOrCreate({ name: 'Ada', email: 'ada@example.com' })
		expect(made).toMatchObject(MADE)
		const [first = 0, second = 0] = times
		expect(times).toHaveLength(2)
		expect(second - first).toBeGreaterThan(1900)
		expect(second - first).toBeLessThan(15_000)
	})

	it('that is none is not waited for', async () => {
		const { api, times } = await busyOnce('soon')
		expect(await api.users.getOrCreate({ name: 'Ada', email: 'ada@example.com' })).toMatchObject(MADE)
		expect(times).toHaveLength(2)
	})
})

describe('a call that is called off', () => {
	it('closes its connection', async () => {
		const controller = new AbortController()
		const closed = Promise.withResolvers<void>()
		const api = await clientOf((request) => {
			once(request.socket, 'close').then(() => closed.resolve(), closed.reject)
			controller.abort(new Error('gone home'))
		})
		await expect(api.users.get({ id: 1 }, { signal: controller.signal })).rejects.toThrow('gone home')
		await expect(closed.promise).resolves.toBeUndefined()
	})
})
