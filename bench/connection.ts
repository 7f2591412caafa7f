import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Answer, AnswerReader } from './answer-reader.ts'
import type { Sending } from './requests.ts'

/** One kept connection with one request on it at a time. */
export class Connection {
	private readonly socket: Socket
	private readonly host: string
	private reader = new AnswerReader()
	private settle: ((answer: Answer | Error) => void) | undefined

	private constructor(socket: Socket, host: string) {
		this.socket = socket
		this.host = host
		socket.setNoDelay(true)
		socket.on('data', (data: Buffer) => {
			try {
				const answer = this.reader.take(data)
				if (answer) this.settle?.(answer)
			} catch (error) {
				this.settle?.(error instanceof Error ? error : new Error(String(error)))
			}
		})
		socket.on('error', (error) => this.settle?.(error))
		socket.on('close', () => this.settle?.(new Error('the connection was closed')))
	}

	static async open(origin: string): Promise<Connection> {
		const { hostname, port, host } = new URL(origin)
		const socket = connect(Number(port), hostname)
		await once(socket, 'connect')
		const connection = new Connection(socket, host)
		// A connection may wait in the line of the system: only an answer, be it 404, shows that it is served.
		await new Promise((resolve) => connection.send({ method: 'GET', path: '/ready' }, resolve))
		return connection
	}

	get usable(): boolean {
		return this.socket.writable
	}

	/** Sends a request, and calls `done` with the answer or with why there is none. */
	send({ method, path, type, body = '' }: Sending, done: (answer: Answer | Error) => void): void {
		this.settle = (answer) => {
			this.settle = undefined
			done(answer)
		}
		if (!this.usable) {
			queueMicrotask(() => this.settle?.(new Error('the connection is closed')))
			return
		}
		const content = type ? `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n` : ''
		this.socket.write(
			`${method} ${path} HTTP/1.1\r\nHost: ${this.host}\r\nAuthorization: Bearer bench\r\n${content}\r\n${body}`,
			'latin1',
		)
	}

	/** Ends it; a request that still waits is told so. */
	close(): void {
		this.socket.destroy()
	}
}
