/** What the contract allows a line of NDJSON. */
export const MAX_LINE_BYTES = 64 * 1024

const NEWLINE = 0x0a
const RETURN = 0x0d
/** A carriage return at the end of a line belongs to its end, and does not count. */
const MAX_KEPT_BYTES = MAX_LINE_BYTES + 1

/** A line's bytes, or that it was longer than allowed, or that the connection ended before it did. */
export type Line = Uint8Array | 'too-long' | 'broken-off'

/**
 * Cuts a byte stream into lines, in memory bounded by one line: of a line that grows too long only that fact is kept.
 * Bytes are cut, not text, so that a character split between two chunks stays whole.
 */
export class LineSplitter {
	#parts: Uint8Array[] = []
	#length = 0;

	/** The lines that this chunk completes, cut as they are asked for: all of them, before the next chunk. */
	*push(chunk: Uint8Array): Generator<Line, void> {
		let start = 0
		for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
			this.#append(chunk.subarray(start, end))
			yield this.#take()
			start = end + 1
		}
		this.#append(chunk.subarray(start))
	}

	/** The last line, where no newline ends it. */
	*end(): Generator<Line, void> {
		if (this.#length > 0) yield this.#take()
	}

	#append(part: Uint8Array): void {
		this.#length += part.length
		if (this.#length > MAX_KEPT_BYTES) this.#parts = []
		else if (part.length > 0) this.#parts.push(part)
	}

	#take(): Line {
		const line = this.#length > MAX_KEPT_BYTES ? undefined : withoutReturn(join(this.#parts, this.#length))
		this.#parts = []
		this.#length = 0
		return line && line.length <= MAX_LINE_BYTES ? line : 'too-long'
	}
}

function withoutReturn(line: Uint8Array): Uint8Array {
	return line.at(-1) === RETURN ? line.subarray(0, -1) : line
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
	return typeof line !== 'string' && line.every((byte) => byte === 0x20 || byte === 0x09 || byte === RETURN)
}
