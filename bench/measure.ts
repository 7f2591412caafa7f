import { join } from 'node:path'
import type { Case } from './cases.ts'
import type { Generator } from './generator.ts'
import type { Sample } from './order.ts'
import { type Cell, type Cost, type Figures, round, summarize } from './results.ts'
import { type Stage, startStage } from './stage.ts'
import type { WorkerName } from './workers.ts'

/** What every measurement needs. */
interface Setting {
	/** The Workers to run, each with its code. */
	bundles: ReadonlyMap<WorkerName, string>
	folder: string
	generator: Generator
	cases: ReadonlyMap<string, Case>
}

/** What is measured, how often and for how long. */
export interface Course {
	cells: Cell[]
	rounds: number
	seconds: number
}

/** All cells together, in seconds: more cases make each cell shorter, not the run longer. */
const BUDGET = { quick: 54, full: 540 }
/** The runtime compiles what is hot: some thousand requests. */
const WARM_UP = { connections: 16, seconds: 0.4 }
const COUNTED = { connections: 64, seconds: 0.25 }

export function plan(cases: ReadonlyMap<string, Case>, quick: boolean): Course {
	const cells = [...cases].flatMap(([name, { full, quick: small }]) => {
		const grid = quick ? small : full
		return grid.works.flatMap((work) =>
			grid.connections.map((connections) => ({ case: name, work, connections })),
		)
	})
	const rounds = quick ? 3 : 5
	const budget = quick ? BUDGET.quick : BUDGET.full
	const seconds = Math.min(2, Math.max(0.3, budget / rounds / cells.length))
	return { cells, rounds, seconds: round(seconds) }
}

/**
 * Each round measures every cell once on a fresh database. What is compared is measured at about the same time, and
 * every other round runs backwards, so that neither a growing database nor a slower minute favours anybody.
 */
export async function measureRounds(setting: Setting, course: Course): Promise<Figures[]> {
	const samples = new Map<Cell, Sample[]>(course.cells.map((cell) => [cell, []]))
	const order = course.cells.toSorted((a, b) => a.connections - b.connections || a.work.localeCompare(b.work))
	for (let index = 0; index < course.rounds; index++) {
		const stage = await startStage(setting.bundles, join(setting.folder, `round-${index}`), false)
		try {
			await warmUp(setting, course, stage)
			for (const cell of index % 2 === 0 ? order : order.toReversed()) {
				samples.get(cell)?.push(await load(setting, stage, cell, course.seconds))
			}
		} finally {
			await stage.stop()
		}
		console.log(`Round ${index + 1} of ${course.rounds} is done.`)
	}
	return course.cells.map((cell) =>
		summarize(cell, setting.cases.get(cell.case)?.rows ?? 0, samples.get(cell) ?? []),
	)
}

/** What each case and work costs the database, by the database's own account. */
export async function measureCosts(setting: Setting, course: Course): Promise<Cost[]> {
	const stage = await startStage(setting.bundles, join(setting.folder, 'costs'), true)
	const found: Cost[] = []
	try {
		for (const { case: name, work } of kinds(course)) {
			const rows = setting.cases.get(name)?.rows ?? 0
			if (rows === 0) continue
			const cell = { case: name, work, connections: rows > 1 ? 1 : COUNTED.connections }
			stage.takeCounts()
			const { requests } = await load(setting, stage, cell, COUNTED.seconds)
			const counts = stage.takeCounts()
			if (!counts) continue
			const { roundTrips, rowsWritten, rowsRead } = counts
			const per = (count: number): number => round(count / requests)
			found.push({
				...cell,
				perRequest: {
					roundTrips: per(roundTrips),
					rowsWritten: per(rowsWritten),
					rowsRead: per(rowsRead),
				},
			})
		}
	} finally {
		await stage.stop()
	}
	return found
}

/** A cell of each case and work. */
function kinds({ cells }: Course): Cell[] {
	return [...new Map(cells.map((cell) => [`${cell.case} ${cell.work}`, cell])).values()]
}

async function warmUp(setting: Setting, course: Course, stage: Stage): Promise<void> {
	for (const { case: name, work } of kinds(course)) {
		await load(setting, stage, { case: name, work, connections: WARM_UP.connections }, WARM_UP.seconds)
	}
}

let loads = 0

async function load(
	{ generator, cases }: Setting,
	stage: Stage,
	cell: Cell,
	seconds: number,
): Promise<Sample> {
	const origins = stage.originsOf(cases.get(cell.case)?.target ?? 'libsql')
	return await generator.run({ ...cell, seconds, origins, cell: `k${loads++}` })
}
