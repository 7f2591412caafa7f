import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { startLibsqlServer } from '../scripts/libsql-server.ts'
import { applyMigrations } from '../scripts/migrations.ts'
import type { Case } from './cases.ts'
import { type Counts, startProxy } from './proxy.ts'
import { keyOf, REFUSED, SEEDED } from './work.ts'
import { startWorkerd } from './workerd.ts'
import { type WorkerName, workers } from './workers.ts'

/** A fresh database with every Worker beside it, none of them asked anything yet. */
export interface Stage {
	originsOf(target: Case['target']): string[]
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
		const server = await startLibsqlServer(join(folder, 'data'))
		stops.push(() => server.stop())
		await applyMigrations(server)
		await seed(server.url)
		const proxy = counting ? await startProxy(server.url, 0) : undefined
		if (proxy) stops.push(() => proxy.stop())
		const database = proxy?.url ?? server.url
		const origins = new Map<string, string[]>([['libsql', [database]]])
		for (const [name, code] of bundles) {
			const definition = workers[name]
			const far = definition.delayMs > 0 ? await startProxy(database, definition.delayMs) : undefined
			if (far) stops.push(() => far.stop())
			const own: string[] = []
			for (let index = 0; index < definition.processes; index++) {
				const place = join(folder, `${name}-${index}`)
				// To read what it prints would take from the processors that are measured.
				const quiet = { stdout: 'ignore' } as const
				const running = await startWorkerd(definition, code, far?.url ?? database, place, quiet)
				stops.push(() => running.stop())
				own.push(running.origin)
			}
			origins.set(name, own)
		}
		proxy?.take()
		return { originsOf: (target) => origins.get(target) ?? [], takeCounts: () => proxy?.take(), stop }
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
	await client.execute({
		sql: `INSERT INTO users (name, email) SELECT value, value || '@example.com' FROM json_each(?1)`,
		args: [JSON.stringify(keys)],
	})
}
