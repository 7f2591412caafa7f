import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { startLibsqlServer } from '../scripts/libsql-server.ts'
import { applyMigrations } from '../scripts/migrations.ts'
import type { Case } from './cases.ts'
import { noted, type Processes, pidIn } from './cpu.ts'
import { type Counts, startProxy } from './proxy.ts'
import { keyOf, REFUSED, SEEDED } from './work.ts'
import { type Running, startWorkerd } from './workerd.ts'
import { type WorkerName, workers } from './workers.ts'

/** A fresh database with every Worker beside it, none of them asked anything yet. */
export interface Stage {
	originsOf(target: Case['target']): string[]
	/** Whose processor time a request to it takes. */
	processesOf(target: Case['target']): Processes
	/** What went to the database since it was last asked; nothing where the stage doesn't count. */
	takeCounts(): Counts | undefined
	stop(): Promise<void>
}

/** Counting costs time: a stage that counts is not one to measure on. */
export async function startStage(
	bundles: ReadonlyMap<WorkerName, string>,
	folder: string,
	counting: boolean,
): Promise<Stage> {
	const stops: (() => void | Promise<void>)[] = []
	const stop = async (): Promise<void> => {
		for (const each of stops.toReversed()) await each()
	}
	try {
		mkdirSync(folder, { recursive: true })
		const pidFile = join(folder, 'libsql.pid')
		const server = await startLibsqlServer(join(folder, 'data'), [], { under: noted(pidFile) })
		stops.push(() => server.stop())
		await applyMigrations(server)
		await seed(server.url)
		const proxy = counting ? await startProxy(server.url, 0) : undefined
		if (proxy) stops.push(() => proxy.stop())
		const database = proxy?.url ?? server.url
		const libsql = [pidIn(pidFile)]
		const running = new Map<string, Running[]>()
		for (const [name, code] of bundles) {
			const definition = workers[name]
			const far = definition.delayMs > 0 ? await startProxy(database, definition.delayMs) : undefined
			if (far) stops.push(() => far.stop())
			const started: Running[] = []
			for (let index = 0; index < definition.processes; index++) {
				const place = join(folder, `${name}-${index}`)
				// To read what it prints would take from the processors that are measured.
				const quiet = { stdout: 'ignore' } as const
				const worker = await startWorkerd(definition, code, far?.url ?? database, place, quiet)
				stops.push(() => worker.stop())
				started.push(worker)
			}
			running.set(name, started)
		}
		proxy?.take()
		return {
			originsOf: (target) =>
				target === 'libsql' ? [database] : (running.get(target) ?? []).map(({ origin }) => origin),
			processesOf: (target) => ({ worker: (running.get(target) ?? []).map(({ pid }) => pid), libsql }),
			takeCounts: () => proxy?.take(),
			stop,
		}
	} catch (error) {
		await stop()
		throw error
	}
}

async function seed(url: string): Promise<void> {
	const keys = Array.from({ length: SEEDED }, (_, index) => keyOf('existing', '', index))
	const client = createClient({ url })
	await client.execute(
		`CREATE TRIGGER refusal BEFORE INSERT ON accounts WHEN NEW.username LIKE '${REFUSED}%' BEGIN SELECT RAISE(ABORT, 'refused'); END`,
	)
	await client.execute(
		'CREATE TABLE counters (slug TEXT PRIMARY KEY NOT NULL, views INTEGER NOT NULL DEFAULT 0)',
	)
	await client.execute({
		sql: `INSERT INTO users (name, email) SELECT value, value || '@example.com' FROM json_each(?1)`,
		args: [JSON.stringify(keys)],
	})
}
