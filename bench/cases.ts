import {
	type Builder,
	get,
	pipelineRow,
	pipelineRows,
	postArray,
	postLines,
	postRefused,
	postRow,
	putNames,
	sendCounter,
} from './requests.ts'
import type { Cell } from './results.ts'
import type { Work } from './work.ts'
import type { WorkerName } from './workers.ts'

/** What is measured: every work at every number of connections. */
export interface Grid {
	works: readonly Work[]
	connections: readonly number[]
}

/** One subject of the benchmark. A new one is a new entry in `cases`, and in `workers` where it is another Worker. */
export interface Case {
	title: string
	/** Who is asked: a Worker of the table `workers`, or the libSQL server itself. */
	target: WorkerName | 'libsql'
	/** The rows that a request asks for. 0: it asks for none. */
	rows: number
	/** How many of them the database refuses. */
	refused?: number
	build: Builder
	/** The statuses of a right answer, for a work that is all of one kind; another work may have any of them. */
	statuses: { new: number; existing: number }
	/** What a right answer says once for every row that is not refused, or once where none is asked for. */
	mark: string
	/** What others ask without end, all the while. */
	beside?: Cell
	full: Grid
	quick: Grid
}

const ALL = [1, 16, 64, 256, 1024]
const EVERY: Grid = { works: ['new', 'existing', 'mixed', 'hot'], connections: ALL }
const TWO: readonly Work[] = ['new', 'existing']
const QUICK: Grid = { works: TWO, connections: [1, 64] }
const BULK = {
	rows: 1000,
	full: { works: EVERY.works, connections: [1, 16] },
	quick: { works: TWO, connections: [16] },
}
const NONE: Grid = { works: [], connections: [] }
const NO_ROWS = {
	rows: 0,
	statuses: { new: 200, existing: 200 },
	full: { works: ['none'], connections: ALL },
	quick: { works: ['none'], connections: [1, 64] },
} satisfies Partial<Case>
const OK = { new: 200, existing: 200 }
const TOLD = { new: 201, existing: 200 }
const PROCESSES = { full: { works: TWO, connections: [64, 256, 1024] }, quick: NONE }
const FAR = { full: { works: TWO, connections: [1, 16, 64] }, quick: NONE }
/** One caller, while eight send arrays. */
const LONE: Grid = { works: ['new'], connections: [1] }
const COUNTER = {
	target: 'ours-counters',
	rows: 1,
	statuses: TOLD,
	mark: '"row":',
	full: { works: ['hot'], connections: [64] },
	quick: { works: ['hot'], connections: [64] },
} satisfies Partial<Case>
const SERVICE = { rows: 1, build: postRow('/users?by=email'), statuses: TOLD, mark: '"row":' }

const table = {
	hello: { ...NO_ROWS, title: 'hello world', target: 'baselines', build: get('/hello'), mark: 'Hello' },
	json: {
		...NO_ROWS,
		title: 'reads and answers JSON',
		target: 'baselines',
		build: postRow('/json'),
		mark: '"email":',
	},
	fetch: {
		title: 'Worker, one raw fetch',
		target: 'baselines',
		rows: 1,
		build: postRow('/fetch'),
		statuses: OK,
		mark: '"type":"ok","response":{"type":"execute"',
		full: { works: TWO, connections: ALL },
		quick: QUICK,
	},
	'libsql-row': {
		title: 'raw libSQL, a row a request',
		target: 'libsql',
		rows: 1,
		build: pipelineRow,
		statuses: OK,
		mark: '"type":"ok","response":{"type":"execute"',
		full: { works: TWO, connections: ALL },
		quick: { works: TWO, connections: [64] },
	},
	'select-then-insert': {
		title: 'select, then insert',
		target: 'baselines',
		rows: 1,
		build: postRow('/select-then-insert'),
		statuses: TOLD,
		mark: '"row":',
		full: EVERY,
		quick: { works: TWO, connections: [64] },
	},
	upsert: {
		title: 'no-op upsert',
		target: 'baselines',
		rows: 1,
		build: postRow('/upsert'),
		statuses: OK,
		mark: '"row":',
		full: EVERY,
		quick: { works: TWO, connections: [64] },
	},
	ours: {
		...SERVICE,
		title: 'this service',
		target: 'ours',
		full: EVERY,
		quick: { works: EVERY.works, connections: [1, 64, 256] },
	},
	'ours-unshared': {
		...SERVICE,
		title: 'this service, sharing switched off',
		target: 'ours-unshared',
		full: { works: TWO, connections: ALL },
		quick: { works: TWO, connections: [64] },
	},
	'ours-object': {
		...SERVICE,
		title: 'this service, with the Durable Object',
		target: 'ours-object',
		full: EVERY,
		quick: { works: TWO, connections: [64] },
	},
	'ours-processes': {
		...SERVICE,
		title: 'this service, two processes',
		target: 'ours-processes',
		...PROCESSES,
	},
	'ours-object-processes': {
		...SERVICE,
		title: 'this service, two processes, an object each',
		target: 'ours-object-processes',
		...PROCESSES,
	},
	'ours-far': { ...SERVICE, title: 'this service, database 20 ms away', target: 'ours-far', ...FAR },
	'ours-unshared-far': {
		...SERVICE,
		title: 'this service, 20 ms away, not sharing',
		target: 'ours-unshared-far',
		...FAR,
	},
	'counter-read': {
		...COUNTER,
		title: 'this service, one counter, got or created',
		build: sendCounter('POST', '/counters?by=slug'),
	},
	'counter-add': {
		...COUNTER,
		title: 'this service, one counter, added to',
		build: sendCounter('PUT', '/counters?by=slug&add=views'),
	},
	'libsql-rows': {
		...BULK,
		title: 'raw libSQL, 1,000 rows a statement',
		target: 'libsql',
		build: pipelineRows,
		statuses: OK,
		mark: '',
		full: { works: TWO, connections: [1, 16] },
	},
	'upsert-array': {
		...BULK,
		title: 'no-op upsert of 1,000 rows',
		target: 'baselines',
		build: postArray('/upsert-rows'),
		statuses: OK,
		mark: '"row":',
		full: { works: TWO, connections: [16] },
	},
	array: {
		...BULK,
		title: 'this service, arrays of 1,000',
		target: 'ours',
		build: postArray('/users?by=email'),
		statuses: OK,
		mark: '"row":',
	},
	'array-refused': {
		...BULK,
		title: 'this service, arrays of 1,000, 10 refused',
		target: 'ours',
		refused: 10,
		build: postRefused('/accounts?by=username', 10),
		statuses: OK,
		mark: '"row":',
		full: { works: ['new'], connections: [1, 16] },
		quick: { works: ['new'], connections: [16] },
	},
	ndjson: {
		...BULK,
		title: 'this service, NDJSON of 1,000',
		target: 'ours',
		build: postLines('/users?by=email'),
		statuses: OK,
		mark: '"row":',
	},
	'array-put': {
		...BULK,
		title: 'this service, PUT arrays of new names',
		target: 'ours',
		build: putNames('/users?by=email'),
		statuses: OK,
		mark: '"updated":true',
		full: { works: ['existing'], connections: [1, 16] },
		quick: { works: ['existing'], connections: [16] },
	},
	'beside-array': {
		...SERVICE,
		title: 'this service, beside 8 × arrays',
		target: 'ours',
		beside: { case: 'array', work: 'new', connections: 8 },
		full: LONE,
		quick: LONE,
	},
	'beside-array-put': {
		...SERVICE,
		title: 'this service, beside 8 × PUT arrays',
		target: 'ours',
		beside: { case: 'array-put', work: 'existing', connections: 8 },
		full: LONE,
		quick: LONE,
	},
} satisfies Record<string, Case>

export type CaseName = keyof typeof table

/** Every subject, in the order of the printed tables. */
export const cases: ReadonlyMap<string, Case> = new Map<string, Case>(Object.entries(table))
