import { readFileSync } from 'node:fs'

/** The processes whose processor time a measurement reads. */
export interface Processes {
	/** Those of the Worker; none where libSQL itself is asked. */
	worker: number[]
	libsql: number[]
}

/** Processor time of both, in microseconds. */
export interface Cpu {
	worker: number
	libsql: number
}

/** A tick of /proc, which is a hundredth of a second to every program on Linux. */
const TICK_US = 10_000

/** What they have used so far, by the system's account. Nothing but on Linux: elsewhere there is no /proc. */
export function cpuOf({ worker, libsql }: Processes): Cpu | undefined {
	if (process.platform !== 'linux') return undefined
	return { worker: usedBy(worker), libsql: usedBy(libsql) }
}

/** All threads, those that have ended too, in the program and in the system on its behalf. */
function usedBy(processes: readonly number[]): number {
	return processes.reduce((sum, pid) => {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
		// The second field is the program's name, which may hold anything. utime and stime are the 14th and 15th.
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
		return sum + (Number(fields[11]) + Number(fields[12])) * TICK_US
	}, 0)
}

/** A command that runs the one behind it as the same process, whose id it leaves in a file. */
export function noted(file: string): readonly string[] {
	return ['sh', '-c', 'echo $$ >"$0" && exec "$@"', file]
}

/** The id that `noted` left. */
export function pidIn(file: string): number {
	return Number(readFileSync(file, 'latin1'))
}
