import { once } from 'node:events'
import {
	Agent,
	createServer,
	type IncomingMessage,
	type OutgoingHttpHeaders,
	request,
	type ServerResponse,
} from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from '../../scripts/server.ts'

/** What becomes of one request on its way to the server, and of the answer on its way back. */
export type Fault =
	/** The connection breaks before the server has seen the request. */
	| { kind: 'cut' }
	/** The connection breaks after the server has done what it was asked, in place of its answer. */
	| { kind: 'drop-answer' }
	/** The connection breaks after the server has done what it was asked, in the middle of its answer. */
	| { kind: 'cut-answer' }
	/** The server does what it was asked, and its answer arrives changed. */
	| { kind: 'garble'; change: (body: string) => string; type?: string }
	/** Somebody else answers, and the server never sees the request. */
	| { kind: 'answer'; status: number; body?: (asked: string) => string; location?: string }
	/** Somebody else answers, and the server sees the request only later: a gateway that lost its patience. */
	| { kind: 'answer-first'; status: number; ms: number }
	/** The server does what it was asked, and its answer never arrives, nor does the end of the connection. */
	| { kind: 'swallow-answer' }
	/** The server is asked twice, and its second answer arrives. */
	| { kind: 'twice'; between?: () => Promise<unknown> }
	/** It takes longer, half of it on each way. */
	| { kind: 'delay'; ms: number }

const JSON_TYPE = { 'content-type': 'application/json' }
const NOT_TODAY = '{"error":"not today"}'

type Decide = (asked: string, path: string) => Fault | undefined

/** Stands before an HTTP server and makes trouble. */
export interface FaultProxy {
	url: string
	/** Asks `decide` about every request from now on, by its body and its path; where it has nothing to say the request passes. */
	inject(decide: Decide): void
	/** Everything passes from now on. */
	heal(): void
	/** Holds back everything, in both directions: to its clients the server is frozen. What is held passes later. */
	freeze(): void
	thaw(): void
	/** Breaks all connections, at whatever point they are. */
	cutAll(): void
	/** Refuses connections. */
	refuse(): void
	accept(): Promise<void>
	stop(): void
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
	let decide: Decide = () => undefined
	let thawed = Promise.resolve()
	let thaw = () => {}
	const agent = new Agent({ keepAlive: true })

	/** Sends the request on, and gives the answer and what it said. */
	const pass = async (incoming: IncomingMessage, body: Buffer) => {
		await thawed
		const { method, url = '/', headers } = incoming
		const onward = request(new URL(url, target).href, { agent, method, headers })
		const answered = once(onward, 'response')
		onward.end(body)
		const [answer]: IncomingMessage[] = await answered
		if (!answer) throw new Error('an answer without an answer')
		const content = await read(answer)
		await thawed
		return { status: answer.statusCode ?? 0, headers: endToEnd(answer.headers), content }
	}

	const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
		const body = await read(incoming)
		const fault = decide(body.toString(), incoming.url ?? '/')
		const answer = (status: number, headers: OutgoingHttpHeaders, content: Buffer | string) => {
			outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(content) })
			outgoing.end(content)
		}
		switch (fault?.kind) {
			case 'cut':
				outgoing.destroy()
				return
			case 'drop-answer':
				await pass(incoming, body)
				outgoing.destroy()
				return
			case 'cut-answer': {
				const { status, headers, content } = await pass(incoming, body)
				outgoing.writeHead(status, { ...headers, 'content-length': content.length })
				outgoing.write(content.subarray(0, content.length / 2), () => outgoing.destroy())
				return
			}
			case 'garble': {
				const { status, headers, content } = await pass(incoming, body)
				const type = fault.type === undefined ? {} : { 'content-type': fault.type }
				answer(status, { ...headers, ...type }, fault.change(content.toString()))
				return
			}
			case 'answer': {
				const location = fault.location === undefined ? {} : { location: fault.location }
				answer(fault.status, { ...JSON_TYPE, ...location }, fault.body?.(body.toString()) ?? NOT_TODAY)
				return
			}
			case 'swallow-answer':
				await pass(incoming, body)
				return
			case 'twice': {
				await pass(incoming, body)
				await fault.between?.()
				const { status, headers, content } = await pass(incoming, body)
				answer(status, headers, content)
				return
			}
			case 'answer-first':
				answer(fault.status, JSON_TYPE, NOT_TODAY)
				await sleep(fault.ms)
				await pass(incoming, body)
				return
			case 'delay':
			case undefined: {
				const half = (fault?.ms ?? 0) / 2
				if (half > 0) await sleep(half)
				const { status, headers, content } = await pass(incoming, body)
				if (half > 0) await sleep(half)
				answer(status, headers, content)
			}
		}
	}

	const server = createServer((incoming, outgoing) => {
		handle(incoming, outgoing).catch(() => outgoing.destroy())
	})
	// Idle connections are the clients' to close: closing them here would be a fault that nobody asked for.
	server.keepAliveTimeout = 0
	const port = await listen(server)
	return {
		url: `http://127.0.0.1:${port}`,
		inject(decides) {
			decide = decides
		},
		heal() {
			decide = () => undefined
		},
		freeze() {
			const { promise, resolve } = Promise.withResolvers<void>()
			thawed = promise
			thaw = resolve
		},
		thaw() {
			thaw()
		},
		cutAll() {
			server.closeAllConnections()
		},
		refuse() {
			server.close()
			server.closeAllConnections()
		},
		async accept() {
			server.listen(port, '127.0.0.1')
			await once(server, 'listening')
		},
		stop() {
			thaw()
			agent.destroy()
			server.close()
			server.closeAllConnections()
		},
	}
}

/** Headers without those of one connection alone. */
function endToEnd(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
	const {
		connection: _,
		'keep-alive': __,
		'transfer-encoding': ___,
		'content-length': ____,
		...others
	} = headers
	return others
}

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = []
	for await (const part of stream) parts.push(part)
	return Buffer.concat(parts)
}
