import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from '../../scripts/bundle.ts'
import { startStage } from '../faults/stage.ts'
import { race } from './race.ts'

// `npm run race -- --seconds=600 --seed=7`: the same operations and faults for the same seed, though not at the same
// moments.

const { values } = parseArgs({
	options: {
		seconds: { type: 'string', default: '60' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		callers: { type: 'string', default: '32' },
		processes: { type: 'string', default: '3' },
	},
})
const [seconds, seed, callers, processes] = [
	values.seconds,
	values.seed,
	values.callers,
	values.processes,
].map(Number)
if (!seconds || seed === undefined || !callers || !processes) throw new Error('each option takes a number')

const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-race-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

console.log(`Seed ${seed}: ${callers} callers, ${processes} processes, ${seconds} seconds.`)
const stage = await startStage(await bundle('src/index.ts', folder), { processes })
try {
	const { violations, ...report } = await race(stage, { seed, seconds, callers })
	console.log(report)
	for (const violation of violations.slice(0, 20)) console.log(violation)
	console.log(violations.length === 0 ? 'Everything can be explained.' : `${violations.length} violations.`)
	process.exitCode = violations.length === 0 ? 0 : 1
} finally {
	await stage.stop()
}
