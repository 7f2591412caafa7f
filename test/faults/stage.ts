import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { type Running, startWorkerd } from '../../bench/workerd.ts'
import { workers } from '../../bench/workers.ts'
import {
	type LibsqlServer,
	type LibsqlServerOptions,
	startLibsqlServer,
} from '../../scripts/libsql-server.ts'
import { applyMigrations } from '../../scripts/migrations.ts'
import { type FaultProxy, startFaultProxy } from './proxy.ts'

export interface StageOptions {
	/** How many processes of the service, each an isolate of its own. */
	processes?: number
	/** The service's settings besides its database and token; `TIMEOUT_MS` is its deadline unless they say otherwise. */
	settings?: Readonly<Record<string, string>>
	/** Where the service finds the database: behind the proxy, unless told. */
	direct?: boolean
	/** How the libSQL server is started at first. */
	server?: LibsqlServerOptions
	/** Where the data is: in a folder of its own that goes with the stage, unless told. */
	dataDir?: string
}

/** How long the service waits for the database. */
export const TIMEOUT_MS = 1000

/** The service in the Workers runtime itself, a libSQL server of its own, and a proxy between them. */
export interface Stage {
	proxy: FaultProxy
	workers: readonly Running[]
	/** kill -9. */
	killDatabase(): Promise<void>
	/** On the same port, after it was killed, and on the same data, unless they were copied elsewhere. */
	restartDatabase(dataDir?: string): Promise<void>
	/** What the database itself says, past the service and the proxy. */
	query<Row>(sql: string): Promise<Row[]>
	stop(): Promise<void>
}

export async function startStage(code: string, options: StageOptions = {}): Promise<Stage> {
	const { processes = 1, settings = {}, direct = false } = options
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-faults-'))
	const dataDir = options.dataDir ?? join(folder, 'data')
	const stops: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })]
	const stop = async (): Promise<void> => {
		for (const each of stops.toReversed()) await each()
	}
	try {
		let server: LibsqlServer = await startLibsqlServer(dataDir, [], options.server)
		stops.push(() => server.stop())
		const { url } = server
		await applyMigrations({ url })
		const proxy = await startFaultProxy(url)
		stops.push(() => proxy.stop())
		const running: Running[] = []
		for (let process = 0; process < processes; process++) {
			const worker = await startWorkerd(
				{ ...workers.ours, settings: { DATABASE_TIMEOUT_MS: String(TIMEOUT_MS), ...settings } },
				code,
				direct ? url : proxy.url,
				join(folder, `worker-${process}`),
			)
			stops.push(() => worker.stop())
			running.push(worker)
		}
		return {
			proxy,
			workers: running,
			killDatabase: async () => await server.kill(),
			async restartDatabase(where = dataDir) {
				server = await startLibsqlServer(where, [], { port: Number(new URL(url).port) })
			},
			async query<Row>(sql: string) {
				const { rows } = await createClient({ url }).execute(sql)
				return rows.map((row) => ({ ...row }) as Row)
			},
			stop,
		}
	} catch (error) {
		await stop()
		throw error
	}
}
