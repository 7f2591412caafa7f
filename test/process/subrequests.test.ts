import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../faults/client.ts'
import { codeOf, PATIENT, type Stage, startStage } from '../faults/stage.ts'
import { printedBy } from './printed.ts'

// A request may make so many calls and no more: https://developers.cloudflare.com/workers/platform/limits/#subrequests

let stage: Stage
let origin = ''
let printed: () => string

beforeAll(async () => {
	stage = await startStage(await codeOf('test/process/workers/neighbours.ts'), {
		services: [{ settings: PATIENT }],
	})
	origin = stage.origin
	const [worker] = stage.workers
	if (worker) printed = printedBy(worker.process)
}, 60_000)

afterAll(async () => await stage.stop())

async function post(username: string, headers: Record<string, string> = {}) {
	return await ask(origin, { method: 'POST', path: '/accounts?by=username', body: { username }, headers })
}

async function warmUp(): Promise<void> {
	for (let call = 0; call < 5; call++) await post('warm')
}

interface Item {
	row?: { username: string }
	problem?: { type: string; status: number; detail: string }
}

/** Sends accounts as lines, from a request that may make so many calls. */
async function upload(usernames: readonly string[], calls: number, headers: Record<string, string> = {}) {
	const answer = await fetch(`${origin}/accounts?by=username`, {
		method: 'POST',
		headers: {
			authorization: 'Bearer bench',
			'content-type': 'application/x-ndjson',
			'x-calls': String(calls),
			...headers,
		},
		body: usernames.map((username) => `${JSON.stringify({ username })}\n`).join(''),
	})
	const lines = (await answer.text()).split('\n').filter((line) => line !== '')
	return { status: answer.status, items: lines.map((line) => JSON.parse(line) as Item) }
}

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}-${i}`)

describe('a request that may make no more calls', () => {
	it('does not fail those whose rows it was to send', async () => {
		for (const round of [1, 2, 3]) {
			await warmUp()
			stage.proxy.freeze()
			const first = post(`first-${round}`)
			await sleep(30)
			const leader = post(`leader-${round}`, { 'x-calls': '0' })
			await sleep(30)
			const others = numbered(`led-${round}`, 20).map(async (name) => await post(name))
			await sleep(30)
			stage.proxy.thaw()
			expect((await first).status).toBe(201)
			expect((await Promise.all(others)).map(({ status }) => status)).toEqual(others.map(() => 201))
			// Another may have sent its row with its own.
			const { status } = await leader
			expect([201, 503]).toContain(status)
			expect((await post(`leader-${round}`)).status).toBe(status === 201 ? 200 : 201)
		}
	}, 30_000)

	it('is told so at once, and that nothing was written', async () => {
		await warmUp()
		const { status, body, headers, ms } = await post('limited', { 'x-calls': '0' })
		expect({ status, body }).toMatchObject({ status: 503, body: { type: '/problems/database-unavailable' } })
		expect(headers.get('retry-after')).toMatch(/^[1-9]/)
		expect(ms).toBeLessThan(1000)
		expect((await post('limited')).status).toBe(201)
	})

	it('ends its stream with one problem that says where to go on', async () => {
		await warmUp()
		const names = numbered('stream', 4000)
		let at = 0
		for (let request = 0; at < names.length; request++) {
			const { status, items } = await upload(names.slice(at), 3, { 'x-request-id': `stream-${request}` })
			expect(status).toBe(200)
			const answered = items.filter(({ row }) => row)
			expect(answered.map(({ row }) => row?.username)).toEqual(names.slice(at, at + answered.length))
			expect(answered.length).toBeGreaterThan(0)
			at += answered.length
			if (at === names.length) break
			expect(items).toHaveLength(answered.length + 1)
			expect(items.slice(answered.length)).toEqual([
				{
					problem: expect.objectContaining({
						type: '/problems/database-unavailable',
						status: 503,
						detail: expect.stringContaining(`line ${answered.length + 1} `),
					}),
				},
			])
			const line = printed()
				.split('\n')
				.find((each) => each.includes(`"requestId":"stream-${request}"`))
			expect(JSON.parse(line ?? '{}')).toMatchObject({ outcome: 'broken' })
		}
	}, 30_000)

	it('ends its stream so while others are served', async () => {
		await warmUp()
		const streamed = upload(numbered('beside', 20_000), 2)
		const statuses: number[] = []
		const caller = async (name: string) => {
			for (let call = 0; call < 10; call++) statuses.push((await post(`${name}-${call}`)).status)
		}
		await Promise.all(numbered('neighbour', 10).map(caller))
		const { items } = await streamed
		expect(new Set(statuses)).toEqual(new Set([201]))
		expect(items.findIndex(({ problem }) => problem)).toBe(items.length - 1)
	}, 30_000)
})
