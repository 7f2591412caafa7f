import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { type Child, type ChildOptions, startChild } from './child.ts'

/** A reason for the person at the terminal: one sentence that says what to do. */
export class StartError extends Error {
	override readonly name = 'StartError'
}

/**
 * Starts a program that serves HTTP, and waits until a URL of its answers.
 * @throws StartError where it ends instead, with the last of what it printed, or does not answer; it is ended then.
 */
export async function startServer(
	name: string,
	[command, ...args]: [string, ...string[]],
	url: string,
	{ timeout, ...options }: ChildOptions & { timeout: number },
): Promise<Child> {
	const child = startChild(command, args, options)
	let output = ''
	child.process.stdout?.on('data', (chunk) => (output = (output + chunk).slice(-2000)))
	child.process.stderr?.on('data', (chunk) => (output = (output + chunk).slice(-2000)))
	try {
		await Promise.race([
			answers(url, timeout),
			child.exited.then((code) => {
				throw new StartError(`${name} ended at once (${code}): ${output.trim()}`)
			}),
		])
	} catch (error) {
		await child.stop()
		throw error
	}
	return child
}

/** Waits until a URL answers with success, for some milliseconds. @throws StartError */
export async function answers(url: string, timeout: number): Promise<void> {
	const deadline = Date.now() + timeout
	while (Date.now() < deadline) {
		const answer = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
		await answer?.body?.cancel()
		if (answer?.ok) return
		await new Promise((resolve) => setTimeout(resolve, 25))
	}
	throw new StartError(`${url} did not answer within ${timeout / 1000} seconds.`)
}

/** Lets a server of this process listen on a free port of the loopback. Returns the port. */
export async function listen(server: Server): Promise<number> {
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	const address = server.address()
	if (typeof address !== 'object' || !address) throw new Error('a server without a port')
	return address.port
}

/** A port of the loopback that nothing listens on, for a program that must be told one. */
export async function freePort(): Promise<number> {
	const server = createServer()
	const port = await listen(server)
	server.close()
	await once(server, 'close')
	return port
}
