import { cpus, platform, release } from 'node:os'
import type { Results } from './results.ts'
import { workerdVersion } from './workerd.ts'

/** What the figures were measured on: they mean something beside each other only. */
export function machine(): Results['machine'] {
	const processors = cpus()
	return {
		processors: processors.length,
		model: processors[0]?.model.trim() ?? 'unknown',
		system: `${platform()} ${release()}`,
		node: process.version,
		workerd: workerdVersion,
	}
}
