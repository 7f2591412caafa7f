import type { CaseName } from './cases.ts'
import type { Cell, Cost, Figures, Results } from './results.ts'
import type { Work } from './work.ts'

/** Looks figures up; a target whose figures are not there gives undefined, and is left out. */
interface Lookup {
	rate(name: CaseName, work: Work, connections: number): number
	rows(name: CaseName, work: Work, connections: number): number
	p50(name: CaseName, work: Work, connections: number): number
	/** All errors of a case. */
	errors(name: CaseName): number
	written(name: CaseName, work: Work): number
}

interface Target {
	title: string
	atLeast?: number
	atMost?: number
	reach: (find: Lookup) => number
}

const targets: Target[] = [
	{
		title: 'creates : hello world, 64 connections',
		atLeast: 0.5,
		reach: (find) => find.rate('ours', 'new', 64) / find.rate('hello', 'none', 64),
	},
	{
		title: 'hits : hello world, 64 connections',
		atLeast: 0.6,
		reach: (find) => find.rate('ours', 'existing', 64) / find.rate('hello', 'none', 64),
	},
	{
		title: 'with the Durable Object, creates : hello world, 64 connections',
		atLeast: 0.4,
		reach: (find) => find.rate('ours-object', 'new', 64) / find.rate('hello', 'none', 64),
	},
	{
		title: 'with the Durable Object, hits : hello world, 64 connections',
		atLeast: 0.5,
		reach: (find) => find.rate('ours-object', 'existing', 64) / find.rate('hello', 'none', 64),
	},
	{
		title: 'array of 1,000, new rows : raw libSQL, 1,000 rows a statement',
		atLeast: 0.7,
		reach: (find) => find.rows('array', 'new', 16) / find.rows('libsql-rows', 'new', 16),
	},
	{
		title: '1 connection, p50 : Worker with one raw fetch, creates',
		atMost: 1.2,
		reach: (find) => find.p50('ours', 'new', 1) / find.p50('fetch', 'new', 1),
	},
	{
		title: '1 connection, p50 : Worker with one raw fetch, hits',
		atMost: 1.2,
		reach: (find) => find.p50('ours', 'existing', 1) / find.p50('fetch', 'existing', 1),
	},
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
	const one = <T extends Cell>(list: readonly T[], name: string, work: Work, connections?: number): T => {
		const found = list.find(
			(cell) =>
				cell.case === name &&
				cell.work === work &&
				(connections === undefined || cell.connections === connections),
		)
		if (!found) throw new MissingError()
		return found
	}
	return {
		rate: (...cell) => one(cells, ...cell).perSecond,
		rows: (...cell) => one(cells, ...cell).rowsPerSecond,
		p50: (...cell) => one(cells, ...cell).p50,
		written: (...cell) => one(costs, ...cell).perRequest.rowsWritten,
		errors(name) {
			const own = cells.filter((cell) => cell.case === name)
			if (own.length === 0) throw new MissingError()
			return own.reduce((sum, { errors }) => sum + errors, 0)
		},
	}
}
