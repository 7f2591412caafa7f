import { HELP, optionsOf } from './arguments'
import { run } from './run'
import { Stop } from './stop'

// `npm run import` and `npx edge-get-or-create import`: rows from a file into a table.

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Imports what the arguments say. Returns the exit status: 0 where every row was got or created, 1 where some were
 * refused, 2 where it could not go on, and of signals what shells have.
 */
export async function importRows(args: string[], env = process.env): Promise<number> {
	const interruption = new AbortController()
	let interrupted: number | undefined
	for (const [signal, status] of Object.entries(SIGNALS)) {
		process.once(signal, () => {
			interrupted = status
			interruption.abort(new Stop('It was stopped.'))
		})
	}
	try {
		const options = optionsOf(args, env)
		if (options === 'help') {
			console.log(HELP)
			return 0
		}
		return (await run(options, interruption.signal)) === 'all' ? 0 : 1
	} catch (error) {
		if (interrupted !== undefined) return interrupted
		// What is no reason to stop is a fault of ours, and says where.
		console.error(error instanceof Stop ? error.message : error)
		return 2
	}
}
