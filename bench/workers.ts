/** A Worker to measure, and how it is run. */
export interface WorkerDefinition {
	/** Its main file, from the root of the repository. */
	main: string
	/** A path that answers with success once it is up. */
	ready: string
	/** How many processes serve it; connections are spread over them. */
	processes: number
	/** Round trip to the database added on the way, in milliseconds. */
	delayMs: number
	/** Bindings besides those that every Worker gets. */
	settings?: Readonly<Record<string, string>>
	/** Durable Objects of its own: the binding and the class. */
	objects?: Readonly<Record<string, string>>
}

const ONE = { processes: 1, delayMs: 0 }

const SERVICE = { ...ONE, main: 'src/index.ts', ready: '/healthz' }
const UNSHARED = { ...SERVICE, main: 'bench/workers/unshared.ts' }
const OBJECT = { ...SERVICE, objects: { GROUP_COMMIT: 'GroupCommit' } }
const FAR_MS = 20

const table = {
	baselines: { ...ONE, main: 'bench/workers/baselines.ts', ready: '/hello' },
	ours: SERVICE,
	'ours-counters': { ...SERVICE, main: 'bench/workers/counters.ts' },
	'ours-unshared': UNSHARED,
	'ours-object': OBJECT,
	'ours-processes': { ...SERVICE, processes: 2 },
	// The runtime keeps an object within its process: here each process has one of its own.
	'ours-object-processes': { ...OBJECT, processes: 2 },
	'ours-far': { ...SERVICE, delayMs: FAR_MS },
	'ours-unshared-far': { ...UNSHARED, delayMs: FAR_MS },
} satisfies Record<string, WorkerDefinition>

export type WorkerName = keyof typeof table

export const workers: Readonly<Record<WorkerName, WorkerDefinition>> = table
