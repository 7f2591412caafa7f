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

const table = {
	baselines: { ...ONE, main: 'bench/workers/baselines.ts', ready: '/hello' },
	ours: { ...ONE, main: 'src/index.ts', ready: '/healthz' },
	'ours-object': {
		...ONE,
		main: 'src/index.ts',
		ready: '/healthz',
		objects: { GROUP_COMMIT: 'GroupCommit' },
	},
	'ours-processes': { ...ONE, main: 'src/index.ts', ready: '/healthz', processes: 2 },
	'ours-far': { ...ONE, main: 'src/index.ts', ready: '/healthz', delayMs: 20 },
} satisfies Record<string, WorkerDefinition>

export type WorkerName = keyof typeof table

export const workers: Readonly<Record<WorkerName, WorkerDefinition>> = table
