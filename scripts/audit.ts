import { spawnSync } from 'node:child_process'
import * as v from 'valibot'

// Part of CI: fails where npm knows of a vulnerability in what ships. A registry that gives no answer (it is down, or a
// mirror without this service) says nothing about the change at hand: that is told, and does not stop it.

const report = v.object({
	vulnerabilities: v.record(
		v.string(),
		v.object({
			severity: v.string(),
			via: v.array(v.union([v.string(), v.object({ title: v.string(), url: v.string() })])),
		}),
	),
})

/** What npm prints where the registry does. */
const refusal = v.object({ message: v.string() })

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' })
const answer = v.parse(v.pipe(v.string(), v.parseJson(), v.union([report, refusal])), stdout)
if ('message' in answer) {
	console.warn(`NOT AUDITED: the npm registry told nothing about vulnerabilities (${answer.message}).`)
} else {
	const found = Object.entries(answer.vulnerabilities)
	for (const [name, { severity, via }] of found) {
		const reasons = via.map((each) => (typeof each === 'string' ? each : `${each.title} (${each.url})`))
		console.error(`${name}: ${severity}: ${reasons.join('; ')}`)
	}
	if (found.length === 0) console.log('npm knows of no vulnerability in what ships.')
	else process.exitCode = 1
}
