import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { PATIENT, type Stage, startStage } from '../faults/stage.ts'
import { printedBy } from './printed.ts'

// The log as the bundle prints it in the runtime itself; also of callers that go away in the middle.

let stage: Stage
let origin = ''
let printed: () => string

beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [] })
	const worker = await stage.start({ settings: PATIENT, direct: true })
	origin = worker.origin
	printed = printedBy(worker.process)
}, 60_000)

afterAll(async () => await stage.stop())

const headersOf = (id: string, type = 'application/json') => ({
	authorization: 'Bearer bench',
	'content-type': type,
	'x-request-id': id,
})

/** The lines of a request, once there are any, and those of one that came after it. */
async function linesOf(id: string): Promise<unknown[]> {
	const lines = (of: string) =>
		printed()
			.split('\n')
			.filter((line) => line.includes(`"requestId":"${of}"`))
	await vi.waitUntil(() => lines(id).length > 0, 5000)
	await fetch(`${origin}/problems`, { headers: { 'x-request-id': `after-${id}` } })
	await vi.waitUntil(() => lines(`after-${id}`).length > 0, 5000)
	return lines(id).map((line): unknown => JSON.parse(line))
}

/** A stream of rows whose caller can hang up. */
function upload(id: string) {
	const headers = headersOf(id, 'application/x-ndjson')
	const asked = request(`${origin}/accounts`, { method: 'POST', headers })
	// Hanging up is an error on our side too.
	asked.on('error', () => undefined)
	const answered = new Promise((resolve) => {
		asked.on('response', (response) => {
			response.on('error', () => undefined)
			response.once('data', resolve)
		})
	})
	return { asked, answered }
}

const line = {
	level: 'info',
	method: 'POST',
	route: '/accounts',
	status: 200,
	ms: expect.any(Number),
	databaseMs: expect.any(Number),
	commit: 'isolate',
	batch: 1,
}

describe('the log', () => {
	it('has a line of JSON per request, with no value of it', async () => {
		const body = JSON.stringify({ name: 'VALUE-1', email: 'VALUE-2' })
		const headers = { ...headersOf('one'), cookie: 'VALUE-3' }
		await fetch(`${origin}/users?by=name`, { method: 'POST', headers, body })
		await fetch(`${origin}/users?name=VALUE-1`, { headers: headersOf('two') })
		await fetch(`${origin}/users/VALUE-4`, { headers: headersOf('three') })
		await fetch(`${origin}/users/1`, { headers: { ...headersOf('four'), authorization: 'Bearer VALUE-5' } })
		await fetch(`${origin}/VALUE-6?VALUE-7=VALUE-8`, { headers: headersOf('five') })
		const common = { ...line, requestId: 'one', route: '/users' }
		expect(await linesOf('one')).toEqual([{ ...common, status: 201, outcome: 'created' }])
		const { commit: _, batch: _batch, ...read } = { ...common, method: 'GET' }
		expect(await linesOf('two')).toEqual([{ ...read, requestId: 'two', outcome: 'found' }])
		const { databaseMs: __, ...refused } = { ...read, route: '/users/:key' }
		expect(await linesOf('three')).toEqual([
			{ ...refused, requestId: 'three', status: 404, outcome: 'not-found' },
		])
		expect(await linesOf('four')).toEqual([
			{ ...refused, requestId: 'four', status: 401, outcome: 'unauthorized' },
		])
		expect(await linesOf('five')).toEqual([
			{ ...refused, requestId: 'five', route: '/*', status: 404, outcome: 'not-found' },
		])
		expect(printed()).not.toMatch(/VALUE|bench/)
	})

	it('has one of a stream, when that has ended', async () => {
		const { asked, answered } = upload('stream')
		asked.write('{"username":"a"}\n{"username":"a"}\nnonsense\n')
		await answered
		await fetch(`${origin}/problems`, { headers: { 'x-request-id': 'meanwhile' } })
		await linesOf('meanwhile')
		expect(printed()).not.toContain('"requestId":"stream"')
		asked.end('{"username":"b"}\n')
		const rows = { created: 2, found: 1, 'malformed-json': 1 }
		expect(await linesOf('stream')).toEqual([{ ...line, requestId: 'stream', outcome: 'answered', rows }])
	})

	it('has one of a stream whose upload breaks off', async () => {
		const { asked, answered } = upload('broken')
		asked.write('{"username":"c"}\n')
		await answered
		asked.destroy()
		const rows = { created: 1, 'malformed-json': 1 }
		expect(await linesOf('broken')).toEqual([{ ...line, requestId: 'broken', outcome: 'broken', rows }])
	})

	it('has one of a stream whose caller sent all and reads no more', async () => {
		const { asked, answered } = upload('left')
		asked.end(Array.from({ length: 100_000 }, (_, i) => `{"username":"left-${i}"}\n`).join(''))
		await answered
		asked.destroy()
		const rows = { created: expect.any(Number) }
		expect(await linesOf('left')).toEqual([{ ...line, requestId: 'left', outcome: 'cancelled', rows }])
	})
})
