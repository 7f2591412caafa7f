import { isBlank, type Line, LineSplitter } from './lines'

/** A group of lines shares a transaction: enough rows to make it worth while, few enough to bound the memory. */
const MAX_GROUP_LINES = 500
const MAX_GROUP_BYTES = 1024 * 1024

/** How a stream came to its end: whole, left by who read the answers, or broken, for its upload or an answer failed. */
export type StreamEnd = 'answered' | 'cancelled' | 'broken'

/**
 * Answers a stream of lines while it is still arriving, in memory bounded by a group of lines: each group is what has
 * arrived while the one before was at the database. The next group is only read once the caller has taken the answers
 * to the last, so that a slow reader slows its own upload down. Blank lines get no answer. `end` is called once.
 */
export function answerLines(
	input: ReadableStream<Uint8Array>,
	answer: (lines: Line[]) => Promise<string[]>,
	end: (how: StreamEnd) => void,
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder()
	const reader = input.getReader()
	const splitter = new LineSplitter()
	const read = async () => await reader.read().catch(() => 'broken-off' as const)
	let waiting: Line[] = []
	let next: ReturnType<typeof read> | undefined
	let ended: StreamEnd | undefined
	let left = false
	let answering: Promise<string[]> | undefined

	function linesOf(chunk: Awaited<ReturnType<typeof read>>): Line[] {
		if (chunk === 'broken-off') return [chunk]
		return chunk.value ? splitter.push(chunk.value) : splitter.end()
	}

	async function gather(): Promise<void> {
		while (!ended && waiting.length < MAX_GROUP_LINES) {
			next ??= read()
			const chunk = await (waiting.length === 0 ? next : Promise.race([next, soon()]))
			if (!chunk) return
			next = undefined
			if (chunk === 'broken-off') ended = 'broken'
			else if (chunk.done) ended = 'answered'
			const lines = linesOf(chunk)
			waiting = waiting.concat(lines.filter((line) => !isBlank(line)))
		}
	}

	function takeGroup(): Line[] {
		let bytes = 0
		const over = waiting.findIndex((line, i) => {
			bytes += line.length
			return i === MAX_GROUP_LINES || bytes > MAX_GROUP_BYTES
		})
		const group = waiting.slice(0, over < 0 ? undefined : over)
		waiting = waiting.slice(group.length)
		return group
	}

	return new ReadableStream(
		{
			async pull(controller) {
				try {
					await gather()
					const group = takeGroup()
					if (group.length > 0) {
						answering = answer(group)
						const lines = await answering
						controller.enqueue(encoder.encode(`${lines.join('\n')}\n`))
					}
				} catch (error) {
					if (left) return
					end('broken')
					throw error
				}
				if (left || !ended || waiting.length > 0) return
				controller.close()
				end(ended)
			},
			async cancel(reason) {
				left = true
				// What is at the database becomes true, though nobody reads of it any more.
				await Promise.allSettled([answering, reader.cancel(reason)])
				end('cancelled')
			},
		},
		{ highWaterMark: 0 },
	)
}

/** The stream, once its first part is there. */
export async function begun(stream: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
	const reader = stream.getReader()
	const first = await reader.read()
	let next: Promise<typeof first> | undefined = Promise.resolve(first)
	return new ReadableStream(
		{
			async pull(controller) {
				const { done, value } = await (next ?? reader.read())
				next = undefined
				if (done) controller.close()
				else controller.enqueue(value)
			},
			cancel: async (reason) => await reader.cancel(reason),
		},
		{ highWaterMark: 0 },
	)
}

/** Gives what has already arrived a turn to be read. */
async function soon(): Promise<undefined> {
	return await new Promise((resolve) => setTimeout(resolve, 0, undefined))
}
