/** The most that the service takes at once. */
const MAX_ROWS = 1000
const MAX_BYTES = 1024 * 1024

/** Whether these rows, as JSON, go in one request. */
export function goAtOnce(texts: readonly string[]): boolean {
	return texts.length <= MAX_ROWS && new TextEncoder().encode(texts.join()).length + 2 <= MAX_BYTES
}

export interface ReadAhead {
	/** Rows as JSON, as many as go at once: none, where there are no more. @throws what the source has thrown behind them. */
	take(): Promise<string[]>
	/** Lets go of the source, and of who waits in `take`. */
	close(): Promise<void>
}

/**
 * Reads as many rows as one request may have, and no further before those are taken. `isEager`: what has come so far may
 * be taken too.
 */
export function readAhead<T>(
	rows: AsyncIterable<T> | Iterable<T>,
	encode: (row: T) => string,
	isEager: boolean,
): ReadAhead {
	const encoder = new TextEncoder()
	const source = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]()
	const news = gate()
	const room = gate()
	let texts: string[] = []
	let bytes = 1
	let isFull = false
	/** The source owes an answer. */
	let isReading = false
	/** It has ended or failed, and needs no word that nobody reads on. */
	let isExhausted = false
	/** Nothing more is to come: the source has ended or failed, or was let go. */
	let isOver = false
	let failure: { error: unknown } | undefined
	let reading: Promise<void> | undefined
	let closing: Promise<void> | undefined

	const isOpen = () => !isOver
	const isReady = () => isOver || isFull || (isEager && texts.length > 0)

	async function read(): Promise<void> {
		try {
			while (isOpen()) {
				const row = await next()
				if (row.done || !isOpen()) break
				const text = encode(row.value)
				// With what stands before it, a comma or the bracket.
				const size = encoder.encode(text).length + 1
				if (texts.length > 0 && bytes + size > MAX_BYTES) await full()
				texts.push(text)
				bytes += size
				if (texts.length === MAX_ROWS) await full()
				else news.open()
			}
		} catch (error) {
			failure = { error }
		}
		isOver = true
		news.open()
	}

	async function next(): Promise<IteratorResult<T>> {
		isReading = true
		try {
			const result = await source.next()
			isExhausted = result.done === true
			return result
		} catch (error) {
			isExhausted = true
			throw error
		} finally {
			isReading = false
		}
	}

	async function full(): Promise<void> {
		isFull = true
		news.open()
		await room.opened()
	}

	async function letGo(): Promise<void> {
		isOver = true
		news.open()
		room.open()
		if (isExhausted) return
		const left = Promise.resolve(source.return?.()).catch(() => undefined)
		// One that waits for something itself may take its time.
		if (!isReading) await left
	}

	return {
		async take() {
			reading ??= read()
			while (!isReady()) await news.opened()
			// Those that are there already come along.
			if (!isOver && !isFull) await new Promise((resolve) => setTimeout(resolve))
			const taken = texts
			texts = []
			bytes = 1
			isFull = false
			room.open()
			if (taken.length === 0 && failure) throw failure.error
			return taken
		},
		close: async () => await (closing ??= letGo()),
	}
}

/** Lets through who waits for it to be opened. It closes behind them. */
function gate(): { open(): void; opened(): Promise<void> } {
	let open = () => {}
	return {
		open: () => open(),
		opened: async () =>
			await new Promise<void>((resolve) => {
				open = resolve
			}),
	}
}
