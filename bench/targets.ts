import type { CaseName } from './cases.ts'
import type { Cost, Figures, Results } from './results.ts'
import type { Work } from './work.ts'

/** Looks figures up. @throws MissingError for one that was not measured. */
interface Lookup {
	cell(cell: Place): Figures
	/** All errors of a case. */
	errors(name: CaseName): number
	written(name: CaseName, work: Work): number
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

const HELLO = ['hello', 'none', 64] as const

/** A caller far from the database must not wait for others' transactions, nor must there be fewer answers. */
const far = [1, 16, 64].flatMap((connections): Target[] => {
	const shared = ['ours-far', 'new', connections] as const
	const alone = ['ours-unshared-far', 'new', connections] as const
	const title = `20 ms away, ${connections} connections : one batch a request`
	return [
		{ title: `${title}, p50`, atMost: 1.2, reach: ratio('p50', shared, alone) },
		{ title: `${title}, rate`, atLeast: 1, reach: ratio('perSecond', shared, alone) },
	]
})

const targets: Target[] = [
	{
		title: 'creates : one batch a request, 64 connections',
		atLeast: 8,
		reach: ratio('perSecond', ['ours', 'new', 64], ['ours-unshared', 'new', 64]),
	},
	{
		title: 'creates : hello world, 64 connections',
		atLeast: 0.5,
		reach: ratio('perSecond', ['ours', 'new', 64], HELLO),
	},
	{
		title: 'hits : hello world, 64 connections',
		atLeast: 0.6,
		reach: ratio('perSecond', ['ours', 'existing', 64], HELLO),
	},
	{
		title: 'with the Durable Object, creates : hello world, 64 connections',
		atLeast: 0.4,
		reach: ratio('perSecond', ['ours-object', 'new', 64], HELLO),
	},
	{
		title: 'with the Durable Object, hits : hello world, 64 connections',
		atLeast: 0.5,
		reach: ratio('perSecond', ['ours-object', 'existing', 64], HELLO),
	},
	{
		title: 'array of 1,000, new rows : raw libSQL, 1,000 rows a statement',
		atLeast: 0.7,
		reach: ratio('rowsPerSecond', ['array', 'new', 16], ['libsql-rows', 'new', 16]),
	},
	{
		title: 'array of 1,000, rows that are there : raw libSQL, 1,000 rows a statement',
		atLeast: 0.7,
		reach: ratio('rowsPerSecond', ['array', 'existing', 16], ['libsql-rows', 'existing', 16]),
	},
	{
		title: '1 connection, p50 : Worker with one raw fetch, creates',
		atMost: 1.2,
		reach: ratio('p50', ['ours', 'new', 1], ['fetch', 'new', 1]),
	},
	{
		title: '1 connection, p50 : Worker with one raw fetch, hits',
		atMost: 1.2,
		reach: ratio('p50', ['ours', 'existing', 1], ['fetch', 'existing', 1]),
	},
	...far,
	{ title: 'errors, every work and number of connections', atMost: 0, reach: (find) => find.errors('ours') },
	{ title: 'rows written on a hit', atMost: 0, reach: (find) => find.written('ours', 'existing') },
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
	return {
		cell: ([name, work, connections]) =>
			known(
				cells.find((cell) => cell.case === name && cell.work === work && cell.connections === connections),
			),
		written: (name, work) =>
			known(costs.find((cost) => cost.case === name && cost.work === work)).perRequest.rowsWritten,
		errors(name) {
			const own = cells.filter((cell) => cell.case === name)
			return known(own[0]) && own.reduce((sum, { errors }) => sum + errors, 0)
		},
	}
}
