import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Line, LineSplitter } from '../../src/service/http/lines'
import { type Answers, answerLines, type StreamEnd } from '../../src/service/http/ndjson'
import { SERVICE } from '../support/bindings'
import { call, fresh } from '../support/service'

const NDJSON = { 'content-type': 'application/x-ndjson' }

async function stream(path: string, body: BodyInit, method = 'POST') {
	const answer = await call(path, { method, body, headers: NDJSON })
	expect(answer.status).toBe(200)
	expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
	return answer.text
		.split('\n')
		.filter((line) => line !== '')
		.map((line): unknown => JSON.parse(line))
}

describe('NDJSON', () => {
	it('answers line by line, in order, and goes on after a bad line', async () => {
		const [a, b] = [fresh('nd'), fresh('nd')]
		const long = `{"name":"${'x'.repeat(70_000)}"}`
		const lines = [
			JSON.stringify({ name: a, email: a }),
			'',
			'  \t\r',
			'{nonsense',
			long,
			'[1]',
			`${JSON.stringify({ name: a, email: a })}\r`,
			JSON.stringify({ name: a, email: b }),
			JSON.stringify({ name: b, email: b }),
		]
		expect(await stream('/users', lines.join('\n'))).toEqual([
			{ row: { id: expect.any(Number), name: a, email: a }, created: true },
			{ problem: expect.objectContaining({ type: '/problems/malformed-json', status: 400 }) },
			{ problem: expect.objectContaining({ type: '/problems/payload-too-large', status: 413 }) },
			{ problem: expect.objectContaining({ type: '/problems/invalid-row', status: 422 }) },
			{ row: { id: expect.any(Number), name: a, email: a }, created: false },
			{ problem: expect.objectContaining({ type: '/problems/conflict', status: 409 }) },
			{ row: { id: expect.any(Number), name: b, email: b }, created: true },
		])
	})

	it.each(['\n', '\r\n', ''])('takes a line of 64 KiB, and no longer one, before %j', async (lineEnd) => {
		const full = JSON.stringify({ username: fresh('full') }).padEnd(64 * 1024)
		expect(await stream('/accounts', `${full}${lineEnd}`)).toMatchObject([{ created: true }])
		expect(await stream('/accounts', `${full} ${lineEnd}`)).toMatchObject([{ problem: { status: 413 } }])
	})

	it('updates too', async () => {
		const username = fresh('nd')
		const lines = [{ username }, { username, isSuperuser: true }].map((row) => JSON.stringify(row))
		expect(await stream('/accounts?by=username', `${lines.join('\n')}\n`, 'PUT')).toMatchObject([
			{ created: true, updated: false },
			{ created: false, updated: true, row: { isSuperuser: true } },
		])
	})

	it('takes far more rows than an array may hold', async () => {
		const prefix = fresh('many')
		const lines = Array.from({ length: 5000 }, (_, i) => JSON.stringify({ username: `${prefix}-${i}` }))
		const answers = await stream('/accounts', lines.join('\n'))
		expect(answers.map((answer) => (answer as { row: { username: string } }).row.username)).toEqual(
			Array.from({ length: 5000 }, (_, i) => `${prefix}-${i}`),
		)
	})

	it('sends the first answer while the input is still open', async () => {
		const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
		const writer = writable.getWriter()
		const encoder = new TextEncoder()
		const row = (name: string) => encoder.encode(`${JSON.stringify({ name, email: name })}\n`)
		const [first, second] = [fresh('open'), fresh('open')]
		void writer.write(row(first))
		const response = await SERVICE.fetch('https://service.test/users', {
			method: 'POST',
			body: readable,
			headers: { authorization: 'Bearer first-token', ...NDJSON },
		})
		const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
		expect((await reader?.read())?.value).toContain(first)
		void writer.write(row(second))
		expect((await reader?.read())?.value).toContain(second)
		await writer.close()
		expect((await reader?.read())?.done).toBe(true)
	})

	it('may be empty', async () => {
		expect(await stream('/users', '\n\n')).toEqual([])
	})
})

const MEBIBYTE = 1024 * 1024

describe('answerLines', () => {
	/** An endless upload, which counts the chunks that were taken from it. */
	function upload(text = '{"n":1}\n'.repeat(100)) {
		const taken = { chunks: 0, cancelled: false }
		const chunk = new TextEncoder().encode(text)
		const input = new ReadableStream<Uint8Array>(
			{
				pull(controller) {
					taken.chunks++
					controller.enqueue(chunk)
				},
				cancel() {
					taken.cancelled = true
				},
			},
			{ highWaterMark: 0 },
		)
		return { input, taken }
	}

	const ends: StreamEnd[] = []
	const end = (how: StreamEnd) => void ends.push(how)
	beforeEach(() => void ends.splice(0))

	const itself = (line: Line) => line

	it('reads the next group while the last is being answered, and no more', async () => {
		const { input, taken } = upload()
		const { promise, resolve } = Promise.withResolvers<Answers>()
		const read: Line[] = []
		const answers = answerLines(
			input,
			(line) => read.push(line),
			async () => await promise,
			end,
		).getReader()
		const first = answers.read()
		await vi.waitUntil(() => read.length === 2000)
		await new Promise((turn) => setTimeout(turn, 20))
		expect([read.length, taken.chunks]).toEqual([2000, 20])
		resolve({ lines: ['{}'] })
		await first
		await answers.cancel()
	})

	it('takes no more of the input than it has answered, but one group', async () => {
		const { input, taken } = upload()
		const groups: number[] = []
		const answers = answerLines(
			input,
			itself,
			async (lines) => {
				groups.push(lines.length)
				return await Promise.resolve({ lines: lines.map(() => '{}') })
			},
			end,
		).getReader()
		await answers.read()
		await answers.read()
		await new Promise((resolve) => setTimeout(resolve, 20))
		expect(groups.length).toBe(2)
		expect(Math.max(...groups)).toBeLessThanOrEqual(1000)
		expect(taken.chunks * 100).toBeLessThanOrEqual(groups.reduce((sum, n) => sum + n, 0) + 1100)
		await answers.cancel()
	})

	it.each([
		['large lines', `${'x'.repeat(60_000)}\n`.repeat(4)],
		['lines that are too long', `${'x'.repeat(70_000)}\n1\n`],
		['blank lines', `${' '.repeat(60_000)}\n1\n`],
		['empty lines', `${'\n'.repeat(60_000)}1\n`],
	])('holds about a mebibyte and one chunk of %s', async (_, text) => {
		const { input, taken } = upload(text)
		let answered = 0
		const held: number[] = []
		const sizes: number[] = []
		const answers = answerLines(
			input,
			itself,
			async (lines) => {
				held.push((taken.chunks - answered) * text.length)
				answered = taken.chunks
				sizes.push(lines.reduce((size, line) => size + textOf(line).length, 0))
				return await Promise.resolve({ lines: lines.map(() => '{}') })
			},
			end,
		).getReader()
		for (let group = 0; group < 5; group++) await answers.read()
		await answers.cancel()
		expect(Math.max(...sizes)).toBeLessThanOrEqual(MEBIBYTE)
		expect(Math.max(...held)).toBeLessThanOrEqual(MEBIBYTE + 2 * text.length)
	})

	it('answers many lines of one chunk in groups, in order', async () => {
		const lines = Array.from({ length: 20_001 }, (_, i) => String(i))
		const input = new ReadableStream<Uint8Array>({
			start(controller) {
				controller.enqueue(new TextEncoder().encode(lines.join('\n')))
				controller.close()
			},
		})
		const groups: number[] = []
		const answers = answerLines(
			input,
			itself,
			async (group) => {
				groups.push(group.length)
				return await Promise.resolve({ lines: group.map(textOf) })
			},
			end,
		)
		expect(await new Response(answers).text()).toBe(`${lines.join('\n')}\n`)
		expect(groups).toEqual([...Array.from({ length: 20 }, () => 1000), 1])
		expect(ends).toEqual(['answered'])
	})

	it('says that it broke where the upload did, once that is answered', async () => {
		const failing = new ReadableStream<Uint8Array>({
			start: (controller) => controller.error(new Error('gone')),
		})
		const answers = answerLines(
			failing,
			itself,
			(lines) => Promise.resolve({ lines: lines.map(String) }),
			end,
		).getReader()
		const { value } = await answers.read()
		expect(new TextDecoder().decode(value)).toBe('broken-off\n')
		expect(await answers.read()).toMatchObject({ done: true })
		expect(ends).toEqual(['broken'])
	})

	it('breaks off where no more can be answered', async () => {
		const { input, taken } = upload()
		const answers = answerLines(
			input,
			itself,
			() => Promise.resolve({ lines: ['"no more"'], last: true }),
			end,
		)
		expect(await new Response(answers).text()).toBe('"no more"\n')
		expect(ends).toEqual(['broken'])
		expect(taken.cancelled).toBe(true)
	})

	it('says that it broke where it fails to answer', async () => {
		const answers = answerLines(
			upload().input,
			itself,
			async () => await Promise.reject(new Error('failed')),
			end,
		)
		await expect(answers.getReader().read()).rejects.toThrow('failed')
		expect(ends).toEqual(['broken'])
	})

	it('ends only after what was at the database when the caller went away', async () => {
		const { promise, resolve } = Promise.withResolvers<Answers>()
		let asked = false
		const answer = async () => {
			asked = true
			return await promise
		}
		const answers = answerLines(upload().input, itself, answer, end).getReader()
		const first = answers.read()
		await vi.waitUntil(() => asked)
		const cancelled = answers.cancel()
		expect(await first).toMatchObject({ done: true })
		await new Promise((turn) => setTimeout(turn, 20))
		expect(ends).toEqual([])
		resolve({ lines: ['{}'] })
		await cancelled
		expect(ends).toEqual(['cancelled'])
	})

	it('stops the upload when the caller goes away', async () => {
		const { input, taken } = upload()
		const answers = answerLines(
			input,
			itself,
			(lines) => Promise.resolve({ lines: lines.map(() => '{}') }),
			end,
		).getReader()
		await answers.read()
		await answers.cancel()
		expect(ends).toEqual(['cancelled'])
		const { chunks } = taken
		await new Promise((resolve) => setTimeout(resolve, 20))
		expect(taken).toEqual({ chunks, cancelled: true })
	})
})

describe('LineSplitter', () => {
	it('cuts the same lines wherever the chunks are cut', () => {
		const bytes = new TextEncoder().encode('é1\n\n🦊2\nlast')
		for (let size = 1; size <= bytes.length; size++) {
			const splitter = new LineSplitter()
			const lines: Line[] = []
			for (let at = 0; at < bytes.length; at += size)
				lines.push(...splitter.push(bytes.subarray(at, at + size)))
			lines.push(...splitter.end())
			expect(lines.map(textOf)).toEqual(['é1', '', '🦊2', 'last'])
		}
	})

	it('keeps of a line that is too long only that it was', () => {
		const splitter = new LineSplitter()
		const part = new Uint8Array(40_000).fill(0x61)
		expect([...splitter.push(part), ...splitter.push(part), ...splitter.push(part)]).toEqual([])
		expect([...splitter.push(new TextEncoder().encode('\nok\n'))]).toEqual([
			'too-long',
			{ text: 'ok', bytes: 2 },
		])
	})

	it.each([
		['one byte each', 'a', 65_536],
		['two', 'é', 32_768],
		['three', '€', 21_845],
		['four', '🦊', 16_384],
	])('counts bytes, where the characters take %s', (_, character, most) => {
		const [long, longer] = [character.repeat(most), character.repeat(most + 1)]
		const chunk = new TextEncoder().encode(`\n${long}\n${long}\r\n${longer}\n${longer}\r\n${long}\n`)
		expect(new LineSplitter().push(chunk).map(textOf)).toEqual(['', long, long, 'too-long', 'too-long', long])
	})

	it('holds a line that is not UTF-8 against no other', () => {
		const chunk = new TextEncoder().encode('\né\n?\nb\r\n\ufeffc\n')
		chunk[chunk.indexOf(0x3f)] = 0xff
		expect(new LineSplitter().push(chunk).map(textOf)).toEqual(['', 'é', 'not-utf-8', 'b', '\ufeffc'])
	})

	it.each([1, 1000, 200_000])(
		'tells of a line that is too long even where it is not UTF-8: %i bytes at once',
		(size) => {
			const wrong = new Uint8Array(70_000).fill(0xff)
			const bytes = new Uint8Array([0x0a, ...wrong, 0x0a, ...wrong.subarray(0, 9), 0x0d, 0x0a])
			const splitter = new LineSplitter()
			const lines: Line[] = []
			for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.slice(at, at + size)))
			expect(lines.map(textOf)).toEqual(['', 'too-long', 'not-utf-8'])
		},
	)
})

function textOf(line: Line): string {
	return typeof line === 'string' ? line : line.text
}
