import { describe, expect, it, vi } from 'vitest'
import { type StreamOptions, streamed } from '../../src/client/stream'

type Ask = StreamOptions<number, number>['ask']

/** Answers each row by itself. */
const echo: Ask = async (rows) => rows.map(Number)

function answers(
	rows: AsyncIterable<number> | Iterable<number>,
	options: Partial<StreamOptions<number, number>> = {},
) {
	return streamed(rows, { encode: String, isEager: true, signal: undefined, ask: echo, ...options })
}

async function all(items: AsyncIterable<number>): Promise<number[]> {
	const list: number[] = []
	for await (const item of items) list.push(item)
	return list
}

/** More rows than anybody takes, each there at once, and how many of them were read. */
function endless() {
	const state = { read: 0, closed: false }
	async function* source() {
		try {
			while (state.read < 10_000) yield state.read++
		} finally {
			state.closed = true
		}
	}
	return { state, source: source() }
}

const turns = async (ms = 20) => await new Promise((resolve) => setTimeout(resolve, ms))

describe('a stream', () => {
	it('asks for as many rows as go at once, in order', async () => {
		const sizes: number[] = []
		const rows = Array.from({ length: 2500 }, (_, i) => i)
		const ask: Ask = async (texts) => {
			sizes.push(texts.length)
			return await echo(texts, 0, new AbortController().signal)
		}
		expect(await all(answers(rows, { ask }))).toEqual(rows)
		expect(sizes).toEqual([1000, 1000, 500])
	})

	it('reads nothing before it is read, and at most the next rows ahead', async () => {
		const { state, source } = endless()
		const items = answers(source)
		await turns()
		expect(state.read).toBe(0)
		expect(await items.next()).toEqual({ done: false, value: 0 })
		await turns()
		expect(state.read).toBe(2000)
		for (let i = 1; i < 1000; i++) await items.next()
		await turns()
		expect(state.read).toBe(2000)
		expect(await items.next()).toEqual({ done: false, value: 1000 })
		await turns()
		expect(state.read).toBe(3000)
		await items.return?.()
		expect(state).toEqual({ read: 3000, closed: true })
	})

	it('reads the next rows while the last are asked for', async () => {
		const { state, source } = endless()
		const asked = Promise.withResolvers<number[]>()
		const ask = vi.fn<Ask>(async () => await asked.promise)
		const first = answers(source, { ask }).next()
		await turns()
		expect([ask.mock.calls.length, state.read]).toEqual([1, 2000])
		asked.resolve([7])
		expect(await first).toEqual({ done: false, value: 7 })
	})

	it('sends a row that comes alone, and together what comes while one is on its way', async () => {
		const pushed: ((row: number | undefined) => void)[] = []
		async function* source() {
			for (;;) {
				const row = await new Promise<number | undefined>((resolve) => pushed.push(resolve))
				if (row === undefined) return
				yield row
			}
		}
		const push = async (row?: number) => {
			await vi.waitUntil(() => pushed.length > 0)
			pushed.shift()?.(row)
		}
		const asked: { rows: string[]; answer: () => void }[] = []
		const ask: Ask = async (rows) =>
			await new Promise((resolve) => asked.push({ rows, answer: () => resolve(rows.map(Number)) }))
		const answered = all(answers(source(), { ask }))
		await push(1)
		await vi.waitUntil(() => asked.length === 1)
		await push(2)
		await push(3)
		asked[0]?.answer()
		await vi.waitUntil(() => asked.length === 2)
		asked[1]?.answer()
		await push()
		expect(await answered).toEqual([1, 2, 3])
		expect(asked.map(({ rows }) => rows)).toEqual([['1'], ['2', '3']])
	})

	it('that is to be repeatable waits for full requests', async () => {
		const sizes: number[] = []
		async function* source() {
			for (let i = 0; i < 1100; i++) {
				if (i % 400 === 0) await turns(5)
				yield i
			}
		}
		const ask: Ask = async (texts) => {
			sizes.push(texts.length)
			return texts.map(Number)
		}
		expect(await all(answers(source(), { ask, isEager: false }))).toHaveLength(1100)
		expect(sizes).toEqual([1000, 100])
	})

	it('answers what was there before its source failed, and then fails', async () => {
		const failure = new Error('the file ends here')
		async function* source() {
			yield 1
			yield 2
			await turns(1)
			throw failure
		}
		const seen: number[] = []
		const taken = async () => {
			for await (const item of answers(source())) seen.push(item)
		}
		await expect(taken()).rejects.toBe(failure)
		expect(seen).toEqual([1, 2])
	})

	it('lets go of its source where it is left, where a row is none, and where asking fails', async () => {
		const left = endless()
		for await (const item of answers(left.source)) if (item === 1500) break
		const wrong = endless()
		const encode = (row: number) => {
			if (row === 1200) throw new TypeError('no row')
			return String(row)
		}
		await expect(all(answers(wrong.source, { encode }))).rejects.toThrow(TypeError)
		const failing = endless()
		const ask: Ask = async () => {
			throw new Error('no answer')
		}
		await expect(answers(failing.source, { ask }).next()).rejects.toThrow('no answer')
		expect([left, wrong, failing].map(({ state }) => state.closed)).toEqual([true, true, true])
	})

	it('that is left while it waits calls that off', async () => {
		let signal: AbortSignal | undefined
		const ask: Ask = async (_, __, given) => {
			signal = given
			return await new Promise((___, reject) => given.addEventListener('abort', () => reject(given.reason)))
		}
		const { state, source } = endless()
		const items = answers(source, { ask })
		const next = items.next()
		await vi.waitUntil(() => signal !== undefined)
		expect(await items.return?.()).toEqual({ done: true, value: undefined })
		expect(await next).toEqual({ done: true, value: undefined })
		expect([signal?.aborted, state.closed]).toEqual([true, true])
	})

	it('that waits for its source is called off by its signal', async () => {
		const controller = new AbortController()
		const reason = new Error('gone home')
		async function* silent() {
			await new Promise(() => undefined)
			yield 1
		}
		const next = answers(silent(), { signal: controller.signal }).next()
		await turns()
		controller.abort(reason)
		await expect(next).rejects.toBe(reason)
	})

	it('is called off by its signal among answers that are there', async () => {
		const controller = new AbortController()
		const reason = new Error('gone home')
		const { state, source } = endless()
		const items = answers(source, { signal: controller.signal })
		await items.next()
		controller.abort(reason)
		await expect(items.next()).rejects.toBe(reason)
		expect(await items.next()).toEqual({ done: true, value: undefined })
		expect(state.closed).toBe(true)
	})
})
