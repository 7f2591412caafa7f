import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from '../scripts/bundle.ts'
import { cases } from './cases.ts'
import { chart } from './chart.ts'
import { startGenerator } from './generator.ts'
import { machine } from './machine.ts'
import { type Course, measureCosts, measureRounds, plan } from './measure.ts'
import type { Results } from './results.ts'
import { tablesOf } from './tables.ts'
import { judge } from './targets.ts'
import { type WorkerName, workers } from './workers.ts'

// `npm run bench`: minutes. `-- --quick` is for daily use and keeps its results in dist/, `-- --only=ours,hello` is
// for work on those; `--rounds=1` and `--seconds=20`, of each cell, for a look or a profile.

const { quick, only, ...own } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		only: { type: 'string', default: '' },
		rounds: { type: 'string' },
		seconds: { type: 'string' },
	},
}).values

const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

const wanted = only.split(',').flatMap((name) => name.trim() || [])
const chosen = new Map([...cases].filter(([name]) => wanted.length === 0 || wanted.includes(name)))
if (chosen.size === 0) throw new Error(`--only takes names of these: ${[...cases.keys()].join(', ')}`)

const measured = await measure()
console.log(`\n${tablesOf(measured)}`)
write(measured)

async function measure(): Promise<Results> {
	const usual = plan(cases, chosen, quick)
	const course = {
		...usual,
		rounds: Number(own.rounds ?? usual.rounds),
		seconds: Number(own.seconds ?? usual.seconds),
	}
	const bundles = await build(course)
	const generator = startGenerator()
	const crowd = startGenerator()
	try {
		console.log(`${course.cells.length} cells, ${course.rounds} rounds of ${course.seconds} s each.`)
		const setting = { bundles, folder, generator, crowd, cases }
		const figures = await measureRounds(setting, course)
		const spent = await measureCosts(setting, course)
		return {
			date: new Date().toISOString(),
			machine: machine(),
			quick,
			rounds: course.rounds,
			secondsPerCell: course.seconds,
			cells: figures,
			costs: spent,
			targets: judge(figures, spent),
		}
	} finally {
		generator.stop()
		crowd.stop()
	}
}

/** The code of every Worker that is measured. */
async function build({ cells }: Course): Promise<ReadonlyMap<WorkerName, string>> {
	const built = new Map<string, string>()
	const bundles = new Map<WorkerName, string>()
	for (const name of new Set(cells.map((cell) => chosen.get(cell.case)?.target))) {
		if (name === undefined || name === 'libsql') continue
		const { main } = workers[name]
		const code = built.get(main) ?? (await bundle(main, join(folder, name)))
		built.set(main, code)
		bundles.set(name, code)
	}
	return bundles
}

/** Only a whole run is worth keeping. */
function write(results: Results): void {
	const whole = !quick && !only && !own.rounds && !own.seconds
	const place = join(import.meta.dirname, whole ? '.' : '../dist/bench')
	mkdirSync(place, { recursive: true })
	writeFileSync(join(place, 'results.json'), `${JSON.stringify(results, null, '\t')}\n`)
	writeFileSync(join(place, 'results.svg'), chart(results))
	console.log(`\nWritten to ${place}.`)
}
