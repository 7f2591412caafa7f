/** What the contract allows a line of NDJSON. */
export const MAX_LINE_BYTES = 64 * 1024

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
/** A carriage return at the end of a line belongs to its end, and does not count. */
const MAX_KEPT_BYTES = MAX_LINE_BYTES + 1
/** A UTF-16 code unit takes at most so many bytes of UTF-8. */
const MAX_BYTES_OF_UNIT = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A line's text, which took at most so many bytes; or why it is none. */
export type Line = { text: string; bytes: number } | 'too-long' | 'not-utf-8' | 'broken-off'

/**
 * Cuts a byte stream into lines, in memory bounded by one line and a chunk: of a line that grows too long only that fact is
 * kept. What lies between two newlines of one chunk is read at once: to read each line by itself costs as much as to parse it.
 */
export class LineSplitter {
	#parts: Uint8Array[] = []
	#length = 0

	/** The lines that this chunk completes. */
	push(chunk: Uint8Array): Line[] {
		const first = chunk.indexOf(NEWLINE)
		if (first < 0) {
			this.#append(chunk)
			return []
		}
		const last = chunk.lastIndexOf(NEWLINE)
		this.#append(chunk.subarray(0, first))
		const line = this.#take()
		// A copy: the rest of the chunk need not be kept.
		this.#append(chunk.slice(last + 1))
		return first < last ? [line, ...linesOf(chunk.subarray(first + 1, last))] : [line]
	}

	/** The last line, where no newline ends it. */
	end(): Line[] {
		return this.#length > 0 ? [this.#take()] : []
	}

	#append(part: Uint8Array): void {
		this.#length += part.length
		if (this.#length > MAX_KEPT_BYTES) this.#parts = []
		else if (part.length > 0) this.#parts.push(part)
	}

	#take(): Line {
		const line = this.#length > MAX_KEPT_BYTES ? 'too-long' : lineOf(join(this.#parts, this.#length))
		this.#parts = []
		this.#length = 0
		return line
	}
}

/** Whole lines, of which the last has no newline. One that is not UTF-8 is not the others' fault. */
function linesOf(bytes: Uint8Array): Line[] {
	const text = textOf(bytes)
	if (text !== undefined) {
		const each = text.length === bytes.length ? 1 : MAX_BYTES_OF_UNIT
		return text.split('\n').map((line) => checked(line, each))
	}
	const lines: Line[] = []
	let start = 0
	for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
		lines.push(lineOf(bytes.subarray(start, end)))
		start = end + 1
	}
	return [...lines, lineOf(bytes.subarray(start))]
}

function lineOf(bytes: Uint8Array): Line {
	const line = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes
	if (line.length > MAX_LINE_BYTES) return 'too-long'
	const text = textOf(line)
	return text === undefined ? 'not-utf-8' : { text, bytes: line.length }
}

function textOf(bytes: Uint8Array): string | undefined {
	try {
		return decoder.decode(bytes)
	} catch {
		return undefined
	}
}

function checked(line: string, bytesOfUnit: number): Line {
	const text = line.endsWith('\r') ? line.slice(0, -1) : line
	const most = text.length * bytesOfUnit
	const bytes = most > MAX_LINE_BYTES ? encoder.encode(text).length : most
	return bytes > MAX_LINE_BYTES ? 'too-long' : { text, bytes }
}

function join(parts: Uint8Array[], length: number): Uint8Array {
	const [first] = parts
	if (first && parts.length === 1) return first
	const joined = new Uint8Array(length)
	let at = 0
	for (const part of parts) {
		joined.set(part, at)
		at += part.length
	}
	return joined
}

/** Nothing but the white space that JSON allows. */
export function isBlank(line: Line): boolean {
	return typeof line !== 'string' && /^[ \t\r]*$/.test(line.text)
}
