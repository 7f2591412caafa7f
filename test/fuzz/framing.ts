import * as fc from 'fast-check'
import { share } from './values.ts'

/**
 * Requests that are no HTTP, or nearly none. The runtime refuses many of them before the service is asked: with a plain
 * 400, with 501 for a method that it does not know, or by closing the connection; that is as it should be. Where it
 * does ask the service, the answer is a problem. None of them is a whole row's request, so none may write. Not sent is
 * CONNECT, to which the runtime itself answers 500 where a Worker takes no connections.
 */
export interface Misframed {
	method: string
	bytes: Buffer
	/** Where the request breaks off, the client says so by ending its half of the connection. */
	end: boolean
	/** How many lines a stream gets for an answer before the one that says where it broke off. */
	lines?: number
}

const row = (word: string) => `{"name":"lost-${word}","email":"lost-${word}"}`

function misframed(method: string, head: string[], body: string | Buffer, end: boolean): Misframed {
	const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)])
	return { method, bytes, end }
}

/** How much of a row is sent: often the whole, of which only the framing says that it is not. */
const sentPart = fc.oneof(fc.constant(1), share)

/** A request with a body whose framing and other headers are as told. */
const post = (token: string, headers: string[], body: string | Buffer, end = false) =>
	misframed(
		'POST',
		['POST /users HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`, ...headers],
		body,
		end,
	)

export function misframedRequests(token: string): fc.Arbitrary<Misframed> {
	const word = fc.integer({ min: 0, max: 1e9 }).map(String)
	const short = fc.tuple(word, sentPart, fc.integer({ min: 1, max: 100 })).map(([name, part, missing]) => {
		const whole = row(name)
		const sent = whole.slice(0, Math.floor(part * whole.length))
		return post(token, [`Content-Length: ${sent.length + missing}`], sent, true)
	})
	const length = fc
		.tuple(
			word,
			fc.constantFrom(
				'-1',
				'x',
				'+2',
				'2, 3',
				'1e1',
				'0x2',
				'',
				'99999999999999999999',
				'9'.repeat(99),
				'2\t3',
			),
		)
		.map(([name, value]) => post(token, [`Content-Length: ${value}`], row(name)))
	const tooLong = word.map((name) => post(token, ['Content-Length: 5'], row(name)))
	const chunks = fc
		.tuple(
			word,
			fc.constantFrom(
				(body: string) => `zz\r\n${body}\r\n0\r\n\r\n`,
				(body: string) => `-1\r\n${body}\r\n0\r\n\r\n`,
				(body: string) => `${body.length.toString(16)}\r\n${body}`,
				(body: string) => `${body.length.toString(16)}\r\n${body}\r\n`,
				(body: string) => `${body.length.toString(16)}\r\n${body}XX0\r\n\r\n`,
				(body: string) => `${(body.length + 9).toString(16)}\r\n${body}`,
				(body: string) => `${'f'.repeat(20)}\r\n${body}`,
				(body: string) => `\r\n${body}`,
			),
		)
		.map(([name, frame]) => post(token, ['Transfer-Encoding: chunked'], frame(row(name)), true))
	const encoding = fc
		.tuple(word, fc.constantFrom('gzip', 'identity', 'chunked, gzip', 'xchunked', ''))
		.map(([name, value]) => post(token, [`Transfer-Encoding: ${value}`], row(name), true))
	const header = fc
		.constantFrom(
			'X : y',
			' X: y',
			'X\u0000: y',
			'X: \u0000',
			'X',
			': y',
			'X: a\n b',
			'X(: y',
			'\u00ff: y',
			`X: ${'y'.repeat(2 ** 20)}`,
		)
		.map((line) => post(token, [line, 'Content-Length: 2'], '{}'))
	const host = fc
		.tuple(
			fc.constantFrom('/', '/users/1', '/users?by=name', '/docs', '/problems', '/openapi.json'),
			fc.constantFrom(
				'',
				'a b',
				'[::',
				'%',
				'x:99999',
				'x:y',
				'<b>',
				'x/y',
				'x?y',
				'x#y',
				'x@y',
				'\u00ff',
				'x"y',
				'^',
			),
		)
		.map(([path, name]) =>
			misframed(
				'POST',
				[`POST ${path} HTTP/1.1`, `Host: ${name}`, `Authorization: Bearer ${token}`, 'Content-Length: 2'],
				'{}',
				false,
			),
		)
	const start = fc
		.constantFrom(
			'POST  /users HTTP/1.1',
			'POST /users',
			'POST /users HTTP/1.0',
			'POST /users HTTP/3.0',
			'POST /us ers HTTP/1.1',
			'POST /users/\u0001 HTTP/1.1',
			'POST /users/\u00ff HTTP/1.1',
			'POST ?x HTTP/1.1',
			'POST users HTTP/1.1',
			'POST http://evil.test/users HTTP/1.1',
			'POST //evil.test/users HTTP/1.1',
			'POST /users\\..\\accounts HTTP/1.1',
			`POST /${'x'.repeat(2 ** 20)} HTTP/1.1`,
			'post /users HTTP/1.1',
			'BREW /users HTTP/1.1',
			'OPTIONS * HTTP/1.1',
			'\u0016\u0003\u0001\u0002\u0000\u0001',
			'PRI * HTTP/2.0',
		)
		.map((line) =>
			misframed(
				'POST',
				[line, 'Host: x', `Authorization: Bearer ${token}`, 'Connection: close', 'Content-Length: 2'],
				'{}',
				false,
			),
		)
	const stream = fc
		.tuple(word, fc.nat(3), sentPart, fc.integer({ min: 1, max: 100 }))
		.map(([name, lines, part, missing]): Misframed => {
			const whole = row(name)
			const sent = `${'{}\n'.repeat(lines)}${whole.slice(0, Math.floor(part * whole.length))}`
			const headers = ['Content-Type: application/x-ndjson', `Content-Length: ${sent.length + missing}`]
			return { ...post(token, headers, sent, true), lines }
		})
	return fc.oneof(short, stream, length, tooLong, chunks, encoding, header, host, start)
}
