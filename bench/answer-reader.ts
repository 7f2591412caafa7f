/** What a right answer was held against, and what a benchmark keeps of it. */
export interface Answer {
	status: number
	body: string
}

/**
 * Reads HTTP/1.1 answers from one connection, one at a time. A general client spends more on an answer than a
 * Worker does, and would measure itself.
 */
export class AnswerReader {
	private text = ''
	private status = 0
	/** Where the body, or what is left of it, starts; 0 before the head is complete. */
	private start = 0
	private length: number | undefined
	private readonly chunks: string[] = []

	/** Takes what has arrived. Returns the answer when it is complete. */
	take(data: Buffer): Answer | undefined {
		this.text += data.toString('latin1')
		if (this.start === 0 && !this.readHead()) return undefined
		const body = this.length === undefined ? this.readChunks() : this.readLength(this.length)
		if (body === undefined) return undefined
		const answer = { status: this.status, body }
		this.text = ''
		this.start = 0
		return answer
	}

	private readHead(): boolean {
		const end = this.text.indexOf('\r\n\r\n')
		if (end < 0) return false
		const head = this.text.slice(0, end)
		this.status = Number(head.slice(9, 12))
		const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
		if (length === undefined && !/\r\ntransfer-encoding: *chunked/i.test(head)) {
			throw new Error('an answer of no stated length')
		}
		this.length = length === undefined ? undefined : Number(length)
		this.start = end + 4
		this.chunks.length = 0
		return true
	}

	private readLength(length: number): string | undefined {
		const end = this.start + length
		return this.text.length < end ? undefined : this.text.slice(this.start, end)
	}

	private readChunks(): string | undefined {
		for (;;) {
			const line = this.text.indexOf('\r\n', this.start)
			if (line < 0) return undefined
			const size = Number.parseInt(this.text.slice(this.start, line), 16)
			const end = line + 2 + size
			if (this.text.length < end + 2) return undefined
			if (size === 0) return this.chunks.join('')
			this.chunks.push(this.text.slice(line + 2, end))
			this.start = end + 2
		}
	}
}
