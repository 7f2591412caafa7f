import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PATIENT, type Stage, startStage } from '../faults/stage.ts'
import { type Answer, Connection } from '../fuzz/connection.ts'

// Requests that no HTTP client would send, byte by byte.

let service: Stage

beforeAll(async () => {
	service = await startStage(inject('bundle'), {
		services: [{ settings: { ...PATIENT, API_TOKENS: 'token' }, direct: true }],
	})
}, 60_000)

afterAll(async () => await service.stop())

/** Sends a request and, as a client that breaks off, nothing more. */
async function send(head: string[], body = ''): Promise<Answer> {
	const lines = ['Authorization: Bearer token', ...head.slice(1)]
	const bytes = Buffer.from(`${[head[0], ...lines].join('\r\n')}\r\n\r\n${body}`)
	const connection = await Connection.open(service.origin)
	const answer = await connection.exchange(head[0]?.split(' ')[0] ?? '', [bytes], { end: true })
	connection.close()
	if (!answer) throw new Error('no answer')
	return answer
}

/** A row as the body of a POST that this host is asked for. */
const post = async (target: string, body: string, host = 'x'): Promise<Answer> =>
	await send([`POST ${target} HTTP/1.1`, `Host: ${host}`, `Content-Length: ${body.length}`], body)

const problem = ({ status, text }: Answer) => [status, (JSON.parse(text) as { type: string }).type]

const row = (name: string) => `{"name":"${name}","email":"${name}"}`
const hex = (text: string) => text.length.toString(16)

async function statusOf(name: string): Promise<number> {
	return (await send([`GET /users?name=${name} HTTP/1.1`, 'Host: x'])).status
}

describe('a host that makes a fragment of the query', () => {
	it('does not make others ask without it', async () => {
		const renamed = '{"name":"fragment","email":"another"}'
		expect((await post('/users', row('fragment'))).status).toBe(201)
		expect(problem(await post('/users?by=name', renamed, 'x#y'))).toEqual([409, '/problems/conflict'])
		expect((await post('/users?by=name', renamed)).status).toBe(200)
	})
})

describe('a path with dots that any client would have resolved', () => {
	it.each(['/./users', '/x/../users', '/x/..%2fusers', '/users/../users', '/users/%2e%2e', '/users/.'])(
		'leads nowhere: %s',
		async (path) => {
			expect(problem(await send([`GET ${path} HTTP/1.1`, 'Host: x']))).toEqual([404, '/problems/not-found'])
		},
	)
})

describe('a request whose body does not arrive whole', () => {
	it.each([
		['is shorter than announced', 'Content-Length: 99', row('broken-0')],
		['has no last chunk', 'Transfer-Encoding: chunked', `${hex(row('broken-1'))}\r\n${row('broken-1')}\r\n`],
		['breaks off inside a chunk', 'Transfer-Encoding: chunked', `99\r\n${row('broken-2')}`],
		['has a chunk of no length', 'Transfer-Encoding: chunked', `zz\r\n${row('broken-3')}\r\n0\r\n\r\n`],
	])('is the fault of the caller where it %s, and changes nothing', async (_, framing, body) => {
		for (const method of ['POST', 'PUT']) {
			const answer = await send([`${method} /users HTTP/1.1`, 'Host: x', framing], body)
			expect(problem(answer)).toEqual([400, '/problems/malformed-json'])
		}
		expect(await statusOf(/broken-\d/.exec(body)?.[0] ?? '')).toBe(404)
	})

	it('is answered line by line where it is a stream, up to where it broke off', async () => {
		const head = [
			'POST /users HTTP/1.1',
			'Host: x',
			'Content-Type: application/x-ndjson',
			'Content-Length: 999',
		]
		const answer = await send(head, `${row('line-1')}\n${row('line-2')}\n${row('line-3')}`)
		expect(answer.status).toBe(200)
		expect(
			answer.text
				.split('\n')
				.filter(Boolean)
				.map((line): unknown => JSON.parse(line)),
		).toEqual([
			{ row: { id: expect.any(Number), name: 'line-1', email: 'line-1' }, created: true },
			{ row: { id: expect.any(Number), name: 'line-2', email: 'line-2' }, created: true },
			{
				problem: {
					type: '/problems/malformed-json',
					title: expect.any(String),
					status: 400,
					detail: expect.any(String),
					requestId: answer.headers.get('x-request-id'),
				},
			},
		])
		expect(await statusOf('line-3')).toBe(404)
	})
})

describe('a GET or HEAD with a body', () => {
	it.each([
		['announced', 'Content-Length: 2', '{}'],
		['in chunks', 'Transfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'],
	])('is answered as without: %s', async (_, framing, body) => {
		const type = 'Content-Type: text/plain'
		expect(problem(await send(['GET /users/1000000 HTTP/1.1', 'Host: x', type, framing], body))).toEqual([
			404,
			'/problems/not-found',
		])
		expect((await send(['HEAD /users/1000000 HTTP/1.1', 'Host: x', type, framing], body)).status).toBe(404)
	})
})

describe('a Host header that makes no URL', () => {
	it.each(['a b', '[::', '%', 'x:99999', '<b>'])('is refused: %s', async (host) => {
		for (const path of ['/', '/users/1', '/users?name=x']) {
			expect(problem(await send([`GET ${path} HTTP/1.1`, `Host: ${host}`]))).toEqual([
				404,
				'/problems/not-found',
			])
		}
	})
})
