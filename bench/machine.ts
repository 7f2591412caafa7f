import { execFileSync } from 'node:child_process'
import { cpus, platform, release } from 'node:os'
import { join } from 'node:path'
import type { Results } from './results.ts'

/** What the figures were measured on: they mean something beside each other only. */
export function machine(): Results['machine'] {
	const workerd = join(import.meta.dirname, '../node_modules/.bin/workerd')
	const processors = cpus()
	return {
		processors: processors.length,
		model: processors[0]?.model.trim() ?? 'unknown',
		system: `${platform()} ${release()}`,
		node: process.version,
		workerd: execFileSync(workerd, ['--version'], { encoding: 'utf8' }).trim(),
	}
}
