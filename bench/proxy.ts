import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from '../scripts/server.ts'

/** What went to the database, as it reports it itself. */
export interface Counts {
	roundTrips: number
	rowsWritten: number
	rowsRead: number
}

export interface Proxy {
	url: string
	/** What has passed since it was last asked. */
	take(): Counts
	stop(): void
}

/** Stands before a database, counts what passes, and makes it as far away as asked. */
export async function startProxy(databaseUrl: string, delayMs: number): Promise<Proxy> {
	let counts: Counts = none()
	const agent = new Agent({ keepAlive: true })
	const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
		const { method, url = '/', headers } = incoming
		const body = await read(incoming)
		await sleep(delayMs / 2)
		const onward = request(new URL(url, databaseUrl), { agent, method, headers })
		const arrived = once(onward, 'response')
		onward.end(body)
		const [answer] = await arrived
		const content = await read(answer)
		if (method === 'POST') count(counts, content.toString('latin1'))
		await sleep(delayMs / 2)
		const type = answer.headers['content-type'] ?? 'text/plain'
		outgoing.writeHead(answer.statusCode, { 'content-type': type, 'content-length': content.length })
		outgoing.end(content)
	}
	const server = createServer((incoming, outgoing) => {
		pass(incoming, outgoing).catch(() => outgoing.destroy())
	})
	const port = await listen(server)
	return {
		url: `http://127.0.0.1:${port}`,
		take() {
			const taken = counts
			counts = none()
			return taken
		},
		stop() {
			agent.destroy()
			server.closeAllConnections()
			server.close()
		},
	}
}

function none(): Counts {
	return { roundTrips: 0, rowsWritten: 0, rowsRead: 0 }
}

function count(counts: Counts, answer: string): void {
	counts.roundTrips++
	for (const [, written] of answer.matchAll(/"rows_written":(\d+)/g)) counts.rowsWritten += Number(written)
	for (const [, rows] of answer.matchAll(/"rows_read":(\d+)/g)) counts.rowsRead += Number(rows)
}

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = []
	for await (const part of stream) parts.push(part)
	return Buffer.concat(parts)
}
