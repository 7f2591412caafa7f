import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWorkerd } from '../../bench/workerd.ts'
import { workers } from '../../bench/workers.ts'
import { bundle } from '../../scripts/bundle.ts'
import { startLibsqlServer } from '../../scripts/libsql-server.ts'
import { applyMigrations } from '../../scripts/migrations.ts'

/** The service in the Workers runtime itself, over a libSQL server of its own with the tables that ship. */
export interface RunningService {
	origin: string
	databaseUrl: string
	stop(): Promise<void>
}

export async function startService(settings: Record<string, string>): Promise<RunningService> {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-runtime-'))
	const stops: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })]
	const stop = async () => {
		for (const each of stops.toReversed()) await each()
	}
	try {
		const database = await startLibsqlServer(join(folder, 'data'))
		stops.push(() => database.stop())
		await applyMigrations(database)
		const code = await bundle('src/index.ts', join(folder, 'bundle'))
		const definition = { ...workers.ours, settings }
		const worker = await startWorkerd(definition, code, database.url, join(folder, 'worker'))
		stops.push(() => worker.stop())
		return { origin: worker.origin, databaseUrl: database.url, stop }
	} catch (error) {
		await stop()
		throw error
	}
}
