import { constants, copyFileSync, existsSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { whyBaseline } from './baseline.ts'
import { type Child, startChild } from './child.ts'
import { readable } from './dev-log.ts'
import { type LibsqlServer, startLibsqlServer } from './libsql-server.ts'
import { applyMigrations, type Database, pendingMigrations } from './migrations.ts'
import { startRaceDatabase } from './race-database.ts'
import { answers, StartError } from './server.ts'

// `npm run dev`: a libSQL server with its data in DATA_DIR, another for /race, and the Worker on PORT. All of it ends together.

const root = join(import.meta.dirname, '..')
const START_TIMEOUT_MS = 60_000
const running: Pick<Child, 'stop'>[] = []
let ending = false

async function end(code: number, why?: string): Promise<void> {
	if (ending) return
	ending = true
	await Promise.all(running.map((child) => child.stop()))
	if (why) console.error(why)
	process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))
// An npm that was killed passes nothing on: then only our parent's going shows.
const parent = process.ppid
setInterval(() => process.ppid !== parent && void end(0), 200).unref()

try {
	await dev()
} catch (error) {
	if (error instanceof StartError) await end(1, error.message)
	else await end(1, error instanceof Error ? error.stack : String(error))
}

async function dev(): Promise<void> {
	const port = portOf(process.env.PORT ?? '8787')
	if (await isTaken(port)) {
		throw new StartError(
			`Port ${port} is in use: stop what listens there, or choose another with PORT=${port + 1}.`,
		)
	}
	if (!existsSync(join(root, '.dev.vars'))) {
		copyFileSync(join(root, '.dev.vars.example'), join(root, '.dev.vars'), constants.COPYFILE_EXCL)
	}
	const database = process.env.TURSO_DATABASE_URL ? await remoteDatabase() : await localDatabase()
	const beside = await startRaceDatabase(database)
	endWith(beside, 'The libSQL server of the race')
	await startWorker(port, database, beside.url)
	const address = `http://localhost:${port}`
	console.log(`
Ready on ${address}. Try this twice:

  curl -i ${address}/users -H 'Authorization: Bearer dev-token' --json '{"name":"Alice","email":"alice@example.com"}'

And see hundreds ask at once: ${address}/race
`)
}

function portOf(value: string): number {
	const port = Number(value)
	if (Number.isInteger(port) && port > 0 && port < 65536) return port
	throw new StartError(`PORT must be a number from 1 to 65535, and is "${value}".`)
}

async function isTaken(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = createConnection({ port, host: 'localhost' })
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
		socket.once('close', () => socket.destroy())
	})
}

async function localDatabase(): Promise<Database> {
	const server = await startLibsqlServer(process.env.DATA_DIR ?? join(root, '.data'))
	endWith(server, 'The libSQL server')
	await applyMigrations(server)
	// It asks for no token; wrangler would warn of a secret that is missing.
	return { url: server.url, authToken: 'none-is-needed' }
}

/** A database of yours is never changed unasked. */
async function remoteDatabase(): Promise<Database> {
	const database = { url: process.env.TURSO_DATABASE_URL ?? '', authToken: process.env.TURSO_AUTH_TOKEN }
	const report = await pendingReport(database).catch((error: unknown) => {
		const reason = error instanceof Error ? error.message : String(error)
		throw new StartError(`The database of TURSO_DATABASE_URL can't be read: ${reason}`)
	})
	if (report !== undefined) console.warn(report)
	return database
}

async function pendingReport(database: Database): Promise<string | undefined> {
	const pending = await pendingMigrations(database)
	const command =
		pending > 0 ? `${pending} migration(s) are pending there: "npm run db:migrate" applies them.` : undefined
	return (await whyBaseline(database)) ?? command
}

async function startWorker(port: number, { url, authToken }: Database, beside: string): Promise<void> {
	const worker = startChild(
		join(root, 'node_modules/.bin/wrangler'),
		[
			'dev',
			// The service, and what it is raced with.
			join(root, 'scripts/workers/dev.ts'),
			`--port=${port}`,
			'--inspector-port=0',
			'--show-interactive-dev-session=false',
			`--var=TURSO_DATABASE_URL:${url}`,
			`--var=RACE_DATABASE_URL:${beside}`,
			'--var=RACE_PAGE:on',
			...(process.env.CORS_ORIGINS ? [`--var=CORS_ORIGINS:${process.env.CORS_ORIGINS}`] : []),
			// Named, for else wrangler would read this file and not the environment.
			`--env-file=${join(root, '.dev.vars')}`,
		],
		// wrangler takes secrets from .dev.vars and from the environment, where nobody else on the machine sees them.
		{ env: { ...process.env, TURSO_AUTH_TOKEN: authToken ?? '', CLOUDFLARE_CF_FETCH_ENABLED: 'false' } },
	)
	endWith(worker, 'wrangler')
	show(worker.process.stdout, process.stdout)
	show(worker.process.stderr, process.stderr)
	await answers(`http://localhost:${port}/problems`, START_TIMEOUT_MS)
	// Where the database lacks something the line of this request says what, and the command that mends it.
	await fetch(`http://localhost:${port}/healthz`).catch(() => undefined)
}

function show(from: Readable | null, to: NodeJS.WriteStream): void {
	if (!from) return
	createInterface({ input: from }).on('line', (line) => {
		const text = readable(line)
		if (text !== undefined) to.write(`${text}\n`)
	})
}

function endWith(child: Pick<LibsqlServer, 'exited' | 'stop'>, name: string): void {
	running.push(child)
	void child.exited.then((code) => end(1, `${name} ended (${code}), so everything does.`))
}
