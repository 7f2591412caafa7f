import { isBlank, type Line, LineSplitter, MAX_LINE_BYTES } from './lines'

/** A group of lines shares a transaction: enough rows to make it worth while, few enough to bound the memory. */
const MAX_GROUP_LINES = 1000
const MAX_GROUP_BYTES = 1024 * 1024

/** How a stream came to its end: whole, left by who read the answers, or broken, for its upload or an answer failed. */
export type StreamEnd = 'answered' | 'cancelled' | 'broken'

/** What a group of lines is answered with. `last` where the stream breaks there: no more can be answered. */
export interface Answers {
	lines: string[]
	last?: boolean
}

/**
 * Answers a stream of lines while it is still arriving, in memory bounded by a group of lines and a chunk: each group is
 * what has arrived while the one before was at the database. The next group is only read once the caller has taken the
 * answers to the last, so that a slow reader slows its own upload down. Blank lines get no answer. `end` is called once.
 */
export function answerLines(
	input: ReadableStream<Uint8Array>,
	answer: (lines: Line[]) => Promise<Answers>,
	end: (how: StreamEnd) => void,
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder()
	const reader = input.getReader()
	const splitter = new LineSplitter()
	const read = async () => await reader.read().catch(() => 'broken-off' as const)
	/** Of the chunk in hand. */
	let lines: Iterator<Line> = [].values()
	let next: ReturnType<typeof read> | undefined
	/** How the upload came to its end. */
	let ended: StreamEnd | undefined
	/** Every line is answered. */
	let over = false
	let left = false
	let answering: Promise<Answers> | undefined

	/** A group, as large as it may be or as has arrived. */
	async function gather(): Promise<Line[]> {
		const group: Line[] = []
		let room = MAX_GROUP_BYTES
		for (;;) {
			for (let line = lines.next(); !line.done; line = lines.next()) {
				if (!isBlank(line.value)) group.push(line.value)
				// Blank ones too: a line of a few bytes keeps its whole chunk in memory.
				if (group.length > 0) room -= weightOf(line.value)
				if (group.length === MAX_GROUP_LINES || room < MAX_LINE_BYTES) return group
			}
			if (ended) {
				over = true
				return group
			}
			next ??= read()
			const chunk = await (group.length === 0 ? next : Promise.race([next, soon()]))
			if (!chunk) return group
			next = undefined
			lines = linesOf(chunk)
		}
	}

	async function breakOff(): Promise<void> {
		ended = 'broken'
		over = true
		await reader.cancel().catch(() => undefined)
	}

	function linesOf(chunk: Awaited<ReturnType<typeof read>>): Iterator<Line> {
		if (chunk === 'broken-off') {
			ended = 'broken'
			return [chunk].values()
		}
		if (!chunk.done) return splitter.push(chunk.value)
		ended = 'answered'
		return splitter.end()
	}

	return new ReadableStream(
		{
			async pull(controller) {
				try {
					const group = await gather()
					if (group.length > 0) {
						answering = answer(group)
						const answers = await answering
						controller.enqueue(encoder.encode(`${answers.lines.join('\n')}\n`))
						if (answers.last && !left) await breakOff()
					}
				} catch (error) {
					if (left) return
					end('broken')
					throw error
				}
				if (left || !ended || !over) return
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

/** With its line end. One that is too long may stand for chunks of any number, each with other lines to keep. */
function weightOf(line: Line): number {
	return typeof line === 'string' ? MAX_LINE_BYTES : line.length + 1
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
