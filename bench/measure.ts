import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case } from './cases.ts'
import type { Generator } from './generator.ts'
import type { Order, Sample } from './order.ts'
import { type Cell, type Cost, type Figures, round, summarize } from './results.ts'
import { type Stage, startStage } from './stage.ts'
import type { WorkerName } from './workers.ts'

/** What every measurement needs. */
interface Setting {
	/** The Workers to run, each with its code. */
	bundles: ReadonlyMap<WorkerName, string>
	folder: string
	generator: Generator
	/** The load of those whom a cell is measured beside. */
	crowd: Generator
	cases: ReadonlyMap<string, Case>
}

/** What is measured, how often and for how long. */
export interface Course {
	cells: Cell[]
	rounds: number
	seconds: number
}

/** How often, and the seconds of a round over all cells: more cases make each cell shorter, not the run longer. */
const QUICK = { rounds: 3, seconds: 18 }
const FULL = { rounds: 5, seconds: 108 }
/** A cell beside others takes longer, for its one caller gets few answers; they are at work before it starts. */
const BESIDE = { seconds: 2, lead: 0.5 }
/** Long enough for any cell: they are told when it is. */
const WITHOUT_END = 60
/** The runtime compiles what is hot: some thousand requests. */
const WARM_UP = { connections: 16, seconds: 0.4 }
const COUNTED = { connections: 64, seconds: 0.25, before: 0.1 }

/** A cell of a choice takes as long as in the whole run. */
export function plan(
	cases: ReadonlyMap<string, Case>,
	chosen: ReadonlyMap<string, Case>,
	quick: boolean,
): Course {
	const usual = quick ? QUICK : FULL
	const all = cellsOf(cases, quick)
	const beside = all.filter((cell) => cases.get(cell.case)?.beside).length
	const left = usual.seconds - beside * (BESIDE.seconds + BESIDE.lead)
	const seconds = round(Math.max(0.3, left / (all.length - beside)))
	return { cells: cellsOf(chosen, quick), rounds: usual.rounds, seconds }
}

function cellsOf(cases: ReadonlyMap<string, Case>, quick: boolean): Cell[] {
	return [...cases].flatMap(([name, { full, quick: small }]) => {
		const grid = quick ? small : full
		return grid.works.flatMap((work) =>
			grid.connections.map((connections) => ({ case: name, work, connections })),
		)
	})
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
		for (const { case: name, work } of kinds(setting, course)) {
			const rows = setting.cases.get(name)?.rows ?? 0
			if (rows === 0) continue
			const cell = { case: name, work, connections: rows > 1 ? 1 : COUNTED.connections }
			// What is looked at once an isolate is no part of a request.
			await load(setting, stage, cell, COUNTED.before)
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

/** A cell of each case and work. Beside others a request is none that could be told from theirs. */
function kinds({ cases }: Setting, { cells }: Course): Cell[] {
	const own = cells.filter((cell) => !cases.get(cell.case)?.beside)
	return [...new Map(own.map((cell) => [`${cell.case} ${cell.work}`, cell])).values()]
}

async function warmUp(setting: Setting, course: Course, stage: Stage): Promise<void> {
	for (const { case: name, work } of kinds(setting, course)) {
		await load(setting, stage, { case: name, work, connections: WARM_UP.connections }, WARM_UP.seconds)
	}
}

async function load(setting: Setting, stage: Stage, cell: Cell, seconds: number): Promise<Sample> {
	const order = orderOf(setting, stage, cell, seconds)
	const beside = setting.cases.get(cell.case)?.beside
	if (!beside) {
		const processes = stage.processesOf(setting.cases.get(cell.case)?.target ?? 'libsql')
		return await setting.generator.run({ ...order, processes })
	}
	const others = setting.crowd.run(orderOf(setting, stage, beside, WITHOUT_END))
	await sleep(BESIDE.lead * 1000)
	const sample = await setting.generator.run({ ...order, seconds: BESIDE.seconds })
	setting.crowd.enough()
	const { errors, firstError } = await others
	return { ...sample, errors: sample.errors + errors, firstError: sample.firstError ?? firstError }
}

let loads = 0

function orderOf({ cases }: Setting, stage: Stage, cell: Cell, seconds: number): Order {
	const origins = stage.originsOf(cases.get(cell.case)?.target ?? 'libsql')
	return { ...cell, seconds, origins, cell: `k${loads++}` }
}
