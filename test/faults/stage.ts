import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { type Running, startWorkerd } from '../../bench/workerd.ts'
import { workers } from '../../bench/workers.ts'
import { bundle } from '../../scripts/bundle.ts'
import {
	type LibsqlServer,
	type LibsqlServerOptions,
	startLibsqlServer,
} from '../../scripts/libsql-server.ts'
import { applyMigrations } from '../../scripts/migrations.ts'
import { type FaultProxy, startFaultProxy } from './proxy.ts'

/** A process of the service: an isolate of its own, with its own objects. */
export interface Service {
	/** Besides its database and token; `TIMEOUT_MS` is its deadline unless they say otherwise. */
	settings?: Readonly<Record<string, string>>
	objects?: Readonly<Record<string, string>>
	/** It finds the database behind the proxy, unless told. */
	direct?: boolean
}

/** It sends its batches to an object. */
export const SHARING: Service = { objects: { GROUP_COMMIT: 'GroupCommit' } }

export interface StageOptions {
	/** What runs from the start: one, unless told. */
	services?: readonly Service[]
	/** How the libSQL server is started at first. */
	server?: LibsqlServerOptions
	/** Flags for the libSQL server besides those that it always has. */
	flags?: readonly string[]
	/** Where the data is: in a folder of its own that goes with the stage, unless told. */
	dataDir?: string
}

/** How long the service waits for the database. */
export const TIMEOUT_MS = 1000

/** Settings of a service that is slow to give up. */
export const PATIENT = { DATABASE_TIMEOUT_MS: '10000' }

/** The service in the Workers runtime itself, a libSQL server of its own, and a proxy between them. */
export interface Stage {
	proxy: FaultProxy
	workers: readonly Running[]
	/** The first of them. */
	origin: string
	/** Past the service and the proxy. */
	databaseUrl: string
	/** Starts one more. */
	start(service: Service): Promise<Running>
	/** kill -9. */
	killDatabase(): Promise<void>
	/** On the same port, after it was killed, and on the same data, unless they were copied elsewhere. */
	restartDatabase(dataDir?: string): Promise<void>
	/** What the database itself says, past the service and the proxy. */
	query<Row>(sql: string): Promise<Row[]>
	stop(): Promise<void>
}

export async function startStage(code: string, options: StageOptions = {}): Promise<Stage> {
	const { services = [{}], flags = [] } = options
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-faults-'))
	const dataDir = options.dataDir ?? join(folder, 'data')
	const stops: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })]
	const stop = async (): Promise<void> => {
		for (const each of stops.toReversed()) await each()
	}
	try {
		let server: LibsqlServer = await startLibsqlServer(dataDir, flags, options.server)
		stops.push(() => server.stop())
		const { url } = server
		await applyMigrations({ url })
		const proxy = await startFaultProxy(url)
		stops.push(() => proxy.stop())
		const running: Running[] = []
		const start = async ({ settings, objects = {}, direct = false }: Service): Promise<Running> => {
			const worker = await startWorkerd(
				{
					...workers.ours,
					// Not health, which is about the database too.
					ready: '/problems',
					objects,
					settings: { DATABASE_TIMEOUT_MS: String(TIMEOUT_MS), ...settings },
				},
				code,
				direct ? url : proxy.url,
				join(folder, `worker-${running.length}`),
			)
			stops.push(() => worker.stop())
			running.push(worker)
			return worker
		}
		for (const service of services) await start(service)
		return {
			proxy,
			workers: running,
			origin: running[0]?.origin ?? '',
			databaseUrl: url,
			start,
			killDatabase: async () => await server.kill(),
			async restartDatabase(where = dataDir) {
				server = await startLibsqlServer(where, flags, { port: Number(new URL(url).port) })
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

/** The code of a Worker, built as it is deployed. */
export async function codeOf(main = 'src/index.ts'): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-bundle-'))
	try {
		return await bundle(main, folder)
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}
