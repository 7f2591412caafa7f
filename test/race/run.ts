import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { codeOf, SHARING, startStage } from '../faults/stage.ts'
import { RACED, race } from './race.ts'

// `npm run race -- --seconds=600 --seed=7`: the same operations and faults for the same seed, though not at the same
// moments.

const NUMBER = v.pipe(v.string(), v.transform(Number), v.finite())

const { values } = parseArgs({
	options: {
		seconds: { type: 'string', default: '60' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		callers: { type: 'string', default: '32' },
		processes: { type: 'string', default: '2' },
		objects: { type: 'string', default: '1' },
	},
})
const { seconds, seed, callers, processes, objects } = v.parse(
	v.object({ seconds: NUMBER, seed: NUMBER, callers: NUMBER, processes: NUMBER, objects: NUMBER }),
	values,
)
if (!seconds || !callers || processes + objects < 1) throw new Error('each option takes a number')

console.log(
	`Seed ${seed}: ${callers} callers, ${processes} processes, ${objects} more with an object, ${seconds} seconds.`,
)
const services = [
	...Array.from({ length: processes }, () => ({})),
	...Array.from({ length: objects }, () => SHARING),
]
const stage = await startStage(await codeOf(RACED), { services })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => void stage.stop().finally(() => process.exit(1)))
}
try {
	const { violations, ...report } = await race(stage, { seed, seconds, callers })
	console.log(report)
	for (const violation of violations.slice(0, 20)) console.log(violation)
	console.log(violations.length === 0 ? 'Everything can be explained.' : `${violations.length} violations.`)
	process.exitCode = violations.length === 0 ? 0 : 1
} finally {
	await stage.stop()
}
