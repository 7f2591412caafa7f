import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Answer {
	status: number
	/** By name in lower case. */
	headers: Map<string, string>
	text: string
}

const TIMEOUT_MS = 20_000

/**
 * A connection to the service that sends bytes as they are: an HTTP client would refuse most of what is sent here, or
 * put it right. One request is on it at a time.
 */
export class Connection {
	readonly #socket: Socket
	#received = Buffer.alloc(0)
	#closed = false
	#wake = () => {}

	private constructor(socket: Socket) {
		this.#socket = socket
		socket.setNoDelay(true)
		socket.on('data', (data) => {
			this.#received = Buffer.concat([this.#received, data])
			this.#wake()
		})
		for (const end of ['end', 'error', 'close']) {
			socket.on(end, () => {
				this.#closed = true
				this.#wake()
			})
		}
	}

	static async open(origin: string): Promise<Connection> {
		const { hostname, port } = new URL(origin)
		const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
		await once(socket, 'connect')
		return new Connection(socket)
	}

	/** Whether it will take another request. */
	get usable(): boolean {
		return !this.#closed
	}

	/**
	 * Sends the pieces and reads one answer; undefined where the server closed the connection without one. With `end`
	 * it says afterwards that nothing more will come.
	 * @throws Error where the server does neither in time.
	 */
	async exchange(method: string, pieces: Buffer[], { end = false } = {}): Promise<Answer | undefined> {
		for (const piece of pieces) {
			if (this.#closed) break
			this.#socket.write(piece)
			// The next goes in a packet of its own.
			if (pieces.length > 1) await new Promise(setImmediate)
		}
		if (end) this.#socket.end()
		let isLate = false
		const timer = setTimeout(() => {
			isLate = true
			this.#socket.destroy()
		}, TIMEOUT_MS)
		try {
			for (;;) {
				const read = readAnswer(this.#received, method, this.#closed)
				if (read) {
					this.#received = this.#received.subarray(read.length)
					if (read.answer.headers.get('connection') === 'close') this.close()
					return read.answer
				}
				if (isLate) throw new Error(`no answer within ${TIMEOUT_MS / 1000} seconds`)
				if (this.#closed) return undefined
				await new Promise<void>((resolve) => (this.#wake = resolve))
			}
		} finally {
			clearTimeout(timer)
		}
	}

	close(): void {
		this.#closed = true
		this.#socket.destroy()
	}
}

/** Requests one after the other, each on the connection of the one before where the server has left it open. */
export class Caller {
	readonly #origin: string
	#connection: Connection | undefined

	constructor(origin: string) {
		this.#origin = origin
	}

	/**
	 * Undefined where the server closed several connections without an answer. It may close one just while the next
	 * request comes; sent again, a request that had an effect would be answered otherwise.
	 */
	async exchange(method: string, pieces: Buffer[]): Promise<Answer | undefined> {
		for (let attempt = 0; attempt < 4; attempt++) {
			if (!this.#connection?.usable) this.#connection = await Connection.open(this.#origin)
			const answer = await this.#connection.exchange(method, pieces)
			if (answer) return answer
			this.#connection.close()
		}
		return undefined
	}

	close(): void {
		this.#connection?.close()
	}
}

/** The first whole answer in these bytes, and how long it is. Interim answers (100 Continue) are passed over. */
function readAnswer(
	bytes: Buffer,
	method: string,
	isClosed: boolean,
): { answer: Answer; length: number } | undefined {
	const end = bytes.indexOf('\r\n\r\n')
	if (end < 0) return undefined
	const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
	const status = Number(statusLine.slice(9, 12))
	const start = end + 4
	if (status < 200) {
		const next = readAnswer(bytes.subarray(start), method, isClosed)
		return next && { ...next, length: next.length + start }
	}
	const headers = new Map(
		lines.map((line) => {
			const colon = line.indexOf(':')
			return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
		}),
	)
	const isEmpty = method === 'HEAD' || status === 204 || status === 304
	const body = isEmpty ? { text: Buffer.alloc(0), end: start } : readBody(bytes, start, headers, isClosed)
	return body && { answer: { status, headers, text: body.text.toString('utf8') }, length: body.end }
}

function readBody(
	bytes: Buffer,
	start: number,
	headers: Map<string, string>,
	isClosed: boolean,
): { text: Buffer; end: number } | undefined {
	if (headers.get('transfer-encoding') === 'chunked') return readChunks(bytes, start)
	const length = headers.get('content-length')
	if (length === undefined) return isClosed ? { text: bytes.subarray(start), end: bytes.length } : undefined
	const end = start + Number(length)
	return bytes.length < end ? undefined : { text: bytes.subarray(start, end), end }
}

function readChunks(bytes: Buffer, start: number): { text: Buffer; end: number } | undefined {
	const chunks: Buffer[] = []
	for (let at = start; ; ) {
		const line = bytes.indexOf('\r\n', at)
		if (line < 0) return undefined
		const size = Number.parseInt(bytes.toString('latin1', at, line), 16)
		const end = line + 2 + size
		if (bytes.length < end + 2) return undefined
		if (size === 0) return { text: Buffer.concat(chunks), end: end + 2 }
		chunks.push(bytes.subarray(line + 2, end))
		at = end + 2
	}
}
