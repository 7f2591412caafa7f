import { readAhead } from './read-ahead'

export interface StreamOptions<T, Item> {
	encode: (row: T) => string
	/** Sends what has come so far, rather than wait for more. */
	isEager: boolean
	signal: AbortSignal | undefined
	/** Asks for some rows: the first have the number 0. */
	ask: (rows: string[], number: number, signal: AbortSignal) => Promise<Item[]>
}

/**
 * The answers for rows, in order. While some rows are asked for and their answers are taken the next are read, as many
 * as go at once. Who leaves early calls off what is on its way, and lets go of the source.
 */
export function streamed<T, Item>(
	rows: AsyncIterable<T> | Iterable<T>,
	options: StreamOptions<T, Item>,
): AsyncIterableIterator<Item> {
	const controller = new AbortController()
	const items = answers(rows, options, controller)
	let hasLeft = false
	return {
		async next() {
			try {
				return await items.next()
			} catch (error) {
				if (hasLeft) return { done: true, value: undefined }
				throw error
			}
		},
		async return() {
			hasLeft = true
			controller.abort()
			return await items.return(undefined)
		},
		[Symbol.asyncIterator]() {
			return this
		},
	}
}

async function* answers<T, Item>(
	rows: AsyncIterable<T> | Iterable<T>,
	{ encode, isEager, signal: outer, ask }: StreamOptions<T, Item>,
	controller: AbortController,
): AsyncGenerator<Item, undefined> {
	const { signal } = controller
	const abort = () => controller.abort(outer?.reason)
	outer?.throwIfAborted()
	const ahead = readAhead(rows, encode, isEager)
	outer?.addEventListener('abort', abort)
	signal.addEventListener('abort', () => void ahead.close())
	try {
		for (let number = 0; ; number++) {
			const taken = await ahead.take()
			signal.throwIfAborted()
			if (taken.length === 0) return undefined
			for (const item of await ask(taken, number, signal)) {
				yield item
				signal.throwIfAborted()
			}
		}
	} finally {
		outer?.removeEventListener('abort', abort)
		await ahead.close()
	}
}
