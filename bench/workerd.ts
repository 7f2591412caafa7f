import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as v from 'valibot'
import { compatibilityDate } from '../scripts/bundle.ts'
import type { Child, ChildOptions } from '../scripts/child.ts'
import { freePort, startServer } from '../scripts/server.ts'
import { noted, pidIn } from './cpu.ts'
import type { WorkerDefinition } from './workers.ts'

/** Where the package has the program itself (the one in .bin is a script before it), and its version. It has no types. */
const runtime = v.parse(
	v.object({ default: v.string(), version: v.string() }),
	createRequire(import.meta.url)('workerd'),
)
export const workerdVersion = runtime.version

const START_TIMEOUT_MS = 10_000

/** A running Worker: where it listens, what it prints, and how it ends. */
export interface Running {
	origin: string
	/** Its log is what it prints. */
	process: Child['process']
	/** Of the runtime itself, which the process above runs. */
	pid: number
	stop(): Promise<void>
}

/** Runs a bundle in the Workers runtime itself: the proxy of `wrangler dev` is slower than what is measured. */
export async function startWorkerd(
	definition: WorkerDefinition,
	code: string,
	databaseUrl: string,
	folder: string,
	{ stdout }: Pick<ChildOptions, 'stdout'> = {},
): Promise<Running> {
	mkdirSync(folder, { recursive: true })
	const address = `127.0.0.1:${await freePort()}`
	const config = join(folder, 'config.capnp')
	writeFileSync(join(folder, 'main.js'), code)
	writeFileSync(config, configOf(definition, address, databaseUrl))
	const origin = `http://${address}`
	const pidFile = join(folder, 'pid')
	const [shell = 'sh', ...rest] = noted(pidFile)
	const child = await startServer(
		'workerd',
		[shell, ...rest, runtime.default, 'serve', config],
		`${origin}${definition.ready}`,
		{ timeout: START_TIMEOUT_MS, ...(stdout ? { stdout } : {}) },
	)
	return { origin, process: child.process, pid: pidIn(pidFile), stop: () => child.stop() }
}

/** A quoted text of JSON is one of Cap'n Proto too. */
const quote = JSON.stringify

function configOf(definition: WorkerDefinition, address: string, databaseUrl: string): string {
	const settings = {
		TURSO_DATABASE_URL: databaseUrl,
		API_TOKENS: 'bench',
		DATABASE_TIMEOUT_MS: '10000',
		...definition.settings,
	}
	const objects = Object.entries(definition.objects ?? {})
	const bindings = [
		...Object.entries(settings).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`),
		'(name = "ASSETS", service = "assets")',
		...objects.map(
			([name, className]) => `(name = ${quote(name)}, durableObjectNamespace = ${quote(className)})`,
		),
	]
	const namespaces = objects.map(
		([, className]) => `(className = ${quote(className)}, uniqueKey = ${quote(className)})`,
	)
	const date = quote(compatibilityDate())
	return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "assets", worker = .assets),
    (name = "internet", network = (allow = ["local", "private"])),
  ],
  sockets = [(name = "http", address = ${quote(address)}, http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed "main.js")],
  compatibilityDate = ${date},
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (inMemory = void),
);

const assets :Workerd.Worker = (
  modules = [(name = "assets.js", esModule = "export default { fetch: () => new Response(null, { status: 404 }) }")],
  compatibilityDate = ${date},
);
`
}
