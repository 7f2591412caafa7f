import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import * as v from 'valibot'
import { ENOUGH, type Order, type Sample, sampleSchema } from './order.ts'

/** The process that makes the load. */
export interface Generator {
	run(order: Order): Promise<Sample>
	/** Lets what runs end with the answers that it waits for. */
	enough(): void
	stop(): void
}

export function startGenerator(): Generator {
	const child = fork(join(import.meta.dirname, 'load.ts'))
	const failed = once(child, 'exit').then(([code]: unknown[]) => {
		throw new Error(`the load process ended (${String(code)})`)
	})
	failed.catch(() => undefined)
	return {
		async run(order) {
			const answer = once(child, 'message')
			child.send(order)
			const [message] = await Promise.race([answer, failed])
			return v.parse(sampleSchema, message)
		},
		enough: () => child.send(ENOUGH),
		stop: () => child.disconnect(),
	}
}
