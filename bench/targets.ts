import { type CaseName, cases } from './cases.ts'
import type { Cpu } from './cpu.ts'
import type { Counts } from './proxy.ts'
import type { Cost, Figures, Results } from './results.ts'
import type { Work } from './work.ts'

/** Looks figures up. @throws MissingError for one that was not measured. */
interface Lookup {
	cell(cell: Place): Figures
	/** Processor time a request, in microseconds. */
	cpu(cell: Place): Cpu
	/** All errors of the service, however it runs. */
	errors(): number
	cost(name: CaseName, work: Work): Counts
}

type Place = readonly [name: CaseName, work: Work, connections: number]

interface Target {
	title: string
	atLeast?: number
	atMost?: number
	reach: (find: Lookup) => number
}

function ratio(figure: 'perSecond' | 'rowsPerSecond' | 'p50', of: Place, to: Place): Target['reach'] {
	return (find) => find.cell(of)[figure] / find.cell(to)[figure]
}

function cpuRatio(of: keyof Cpu, subject: Place, to: Place): Target['reach'] {
	return (find) => find.cpu(subject)[of] / find.cpu(to)[of]
}

const HELLO = ['hello', 'none', 64] as const
const JSON_ALONE = ['json', 'none', 64] as const

const KINDS = [
	{ rows: 'new rows', requests: 'creates', work: 'new' },
	{ rows: 'rows that are there', requests: 'hits', work: 'existing' },
] as const

/** The same of rows that are made and rows that are there. */
function both(targetOf: (kind: (typeof KINDS)[number]) => Target): Target[] {
	return KINDS.map(targetOf)
}

/** Callers far from the database must not wait for others' transactions, nor get fewer answers. */
const far = [16, 64].flatMap((connections): Target[] => {
	const shared = ['ours-far', 'new', connections] as const
	const alone = ['ours-unshared-far', 'new', connections] as const
	const title = `20 ms away, ${connections} connections : one batch a request`
	return [
		{ title: `${title}, p50`, atMost: 1.2, reach: ratio('p50', shared, alone) },
		{ title: `${title}, rate`, atLeast: 1, reach: ratio('perSecond', shared, alone) },
	]
})

const targets: Target[] = [
	...both(({ rows, work }) => ({
		title: `array of 1,000, ${rows}, ms of the Worker's CPU`,
		atMost: work === 'new' ? 4.5 : 4,
		reach: (find) => find.cpu(['array', work, 16]).worker / 1000,
	})),
	...both(({ rows, work }) => ({
		title: `array of 1,000, ${rows} : raw libSQL, 1,000 rows a statement`,
		atLeast: 0.6,
		reach: ratio('rowsPerSecond', ['array', work, 16], ['libsql-rows', work, 16]),
	})),
	...both(({ rows, work }) => ({
		title: `NDJSON : array of 1,000, ${rows}`,
		atLeast: 0.9,
		reach: ratio('rowsPerSecond', ['ndjson', work, 16], ['array', work, 16]),
	})),
	{
		title: 'PUT arrays of new names : arrays of new rows',
		atLeast: 0.4,
		reach: ratio('rowsPerSecond', ['array-put', 'existing', 16], ['array', 'new', 16]),
	},
	...both(({ requests, work }) => ({
		title: `${requests} : reading and answering JSON, 64 connections, the Worker's CPU`,
		atMost: 1.9,
		reach: cpuRatio('worker', ['ours', work, 64], JSON_ALONE),
	})),
	...both(({ requests, work }) => ({
		title: `${requests} : a raw row a request, 64 connections, libSQL's CPU`,
		atMost: 0.15,
		reach: cpuRatio('libsql', ['ours', work, 64], ['libsql-row', work, 64]),
	})),
	{
		title: 'creates : one batch a request, 64 connections',
		atLeast: 5.5,
		reach: ratio('perSecond', ['ours', 'new', 64], ['ours-unshared', 'new', 64]),
	},
	...both(({ requests, work }) => ({
		title: `with the Durable Object, ${requests} : hello world, 64 connections`,
		atLeast: work === 'new' ? 0.4 : 0.5,
		reach: ratio('perSecond', ['ours-object', work, 64], HELLO),
	})),
	...both(({ requests, work }) => ({
		title: `1 connection, p50 : Worker with one raw fetch, ${requests}`,
		atMost: 1.25,
		reach: ratio('p50', ['ours', work, 1], ['fetch', work, 1]),
	})),
	...far,
	{
		title: 'a lone caller beside 8 × arrays, p50 in ms',
		atMost: 40,
		reach: (find) => find.cell(['beside-array', 'new', 1]).p50,
	},
	{
		title: 'a lone caller beside 8 × PUT arrays, p50 in ms',
		atMost: 60,
		reach: (find) => find.cell(['beside-array-put', 'new', 1]).p50,
	},
	{ title: 'errors, every work and number of connections', atMost: 0, reach: (find) => find.errors() },
	{ title: 'rows read on a hit', atMost: 3, reach: (find) => find.cost('ours', 'existing').rowsRead },
	{ title: 'rows written on a hit', atMost: 0, reach: (find) => find.cost('ours', 'existing').rowsWritten },
]

class MissingError extends Error {}

/** How far each target is reached. One that needs what was not measured is left out. */
export function judge(cells: readonly Figures[], costs: readonly Cost[]): Results['targets'] {
	const find = lookup(cells, costs)
	return targets.flatMap(({ title, atLeast, atMost, reach }) => {
		try {
			const reached = reach(find)
			const met = reached >= (atLeast ?? -Infinity) && reached <= (atMost ?? Infinity)
			const wanted = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`
			return [{ title, wanted, reached: Number(reached.toFixed(2)), met }]
		} catch (error) {
			if (error instanceof MissingError) return []
			throw error
		}
	})
}

function lookup(cells: readonly Figures[], costs: readonly Cost[]): Lookup {
	const known = <T>(found: T | undefined): T => {
		if (found === undefined) throw new MissingError()
		return found
	}
	const cell = ([name, work, connections]: Place): Figures =>
		known(cells.find((each) => each.case === name && each.work === work && each.connections === connections))
	return {
		cell,
		cpu: (place) => known(cell(place).cpu).perRequest,
		cost: (name, work) => known(costs.find((cost) => cost.case === name && cost.work === work)).perRequest,
		errors() {
			const own = cells.filter((each) => cases.get(each.case)?.target.startsWith('ours'))
			return known(own[0]) && own.reduce((sum, { errors }) => sum + errors, 0)
		},
	}
}
