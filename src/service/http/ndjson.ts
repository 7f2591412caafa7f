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
 * Answers a stream of lines while it is still arriving, in memory bounded by two groups and a chunk: each group is what
 * has arrived, and been read, while the one before was at the database. No more is read until the caller has taken the
 * answers to the last, so that a slow reader slows its own upload down. Blank lines get no answer. `end` is called once.
 */
export function answerLines<Item>(
	input: ReadableStream<Uint8Array>,
	itemOf: (line: Line) => Item,
	answer: (items: Item[]) => Promise<Answers>,
	end: (how: StreamEnd) => void,
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder()
	const reader = input.getReader()
	const splitter = new LineSplitter()
	const read = async () => await reader.read().catch(() => 'broken-off' as const)
	/** Of the chunk in hand. */
	let lines: Line[] = []
	let at = 0
	let next: ReturnType<typeof read> | undefined
	/** How the upload came to its end. */
	let ended: StreamEnd | undefined
	/** Every line is in a group. */
	let over = false
	let left = false
	let answering: Promise<Answers> | undefined
	let ahead: Promise<Item[]> | undefined

	/** A group, as large as it may be or as has arrived: until the one before is answered, where there is one. */
	async function gather(before?: Promise<unknown>): Promise<Item[]> {
		let answered = before?.then(nothing, nothing)
		const group: Item[] = []
		let room = MAX_GROUP_BYTES
		for (;;) {
			for (let line = lines[at]; line !== undefined; line = lines[at]) {
				at++
				if (!isBlank(line)) group.push(itemOf(line))
				if (group.length > 0) room -= weightOf(line)
				if (group.length === MAX_GROUP_LINES || room < MAX_LINE_BYTES) return group
			}
			if (ended) {
				over = true
				return group
			}
			next ??= read()
			const others = answered ?? (group.length > 0 ? soon() : undefined)
			const chunk = await (others ? Promise.race([next, others]) : next)
			if (chunk) {
				next = undefined
				lines = linesOf(chunk)
				at = 0
			} else if (answered) answered = undefined
			else return group
		}
	}

	async function breakOff(): Promise<void> {
		ended = 'broken'
		over = true
		ahead = undefined
		await reader.cancel().catch(() => undefined)
	}

	function linesOf(chunk: Awaited<ReturnType<typeof read>>): Line[] {
		if (chunk === 'broken-off') {
			ended = 'broken'
			return [chunk]
		}
		if (!chunk.done) return splitter.push(chunk.value)
		ended = 'answered'
		return splitter.end()
	}

	return new ReadableStream(
		{
			async pull(controller) {
				try {
					const group = await (ahead ?? gather())
					ahead = undefined
					if (group.length > 0) {
						answering = answer(group)
						if (!over) ahead = gather(answering)
						const answers = await answering
						controller.enqueue(encoder.encode(`${answers.lines.join('\n')}\n`))
						if (answers.last && !left) await breakOff()
					}
				} catch (error) {
					if (left) return
					end('broken')
					throw error
				}
				if (left || !ended || !over || ahead) return
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

function nothing(): undefined {
	return undefined
}

/** With its line end. One that is none is taken for a long one. */
function weightOf(line: Line): number {
	return typeof line === 'string' ? MAX_LINE_BYTES : line.bytes + 1
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
