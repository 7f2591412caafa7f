import { connect, createServer, type Socket } from 'node:net'
import { listen } from '../../scripts/server.ts'

/** Stands before a server, and can hold back everything that passes: to its clients the server is frozen. */
export interface Freezer {
	url: string
	freeze(): void
	thaw(): void
	stop(): void
}

export async function startFreezer(target: string): Promise<Freezer> {
	const onwards = new URL(target)
	const sockets = new Set<Socket>()
	let frozen = false
	const server = createServer((client) => {
		const onward = connect(Number(onwards.port), onwards.hostname)
		for (const [socket, other] of [
			[client, onward],
			[onward, client],
		] as const) {
			sockets.add(socket)
			if (frozen) socket.pause()
			socket.on('data', (chunk) => other.write(chunk))
			socket.on('error', () => other.destroy())
			socket.on('close', () => {
				sockets.delete(socket)
				other.destroy()
			})
		}
	})
	const port = await listen(server)
	return {
		url: `http://127.0.0.1:${port}`,
		freeze() {
			frozen = true
			for (const socket of sockets) socket.pause()
		},
		thaw() {
			frozen = false
			for (const socket of sockets) socket.resume()
		},
		stop() {
			for (const socket of sockets) socket.destroy()
			server.close()
		},
	}
}
