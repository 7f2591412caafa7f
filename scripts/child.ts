import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program that ends when this process ends, however that ends: its shell waits on our end of a pipe. */
export interface Child {
	process: ChildProcess
	/** Its exit code, or the signal that ended it. */
	exited: Promise<number | string>
	/** Asks it to end (SIGTERM), and makes it end where it doesn't within `KILL_AFTER_MS`. */
	stop(): Promise<void>
	/** Ends it as a crash would, at once and without a word (SIGKILL). What it prints must be read. */
	kill(): Promise<void>
}

export interface ChildOptions {
	env?: NodeJS.ProcessEnv
	/** Whether what it prints is kept for us to read. */
	stdout?: 'pipe' | 'ignore'
}

const KILL_AFTER_MS = 8000

// In a background list a shell gives /dev/null for standard input: hence descriptor 3.
const TIED = `exec 3<&0; "$@" <&- & child=$!
{ cat <&3 >&2; kill $child; } & wait $child`

export function startChild(
	command: string,
	args: string[],
	{ env, stdout = 'pipe' }: ChildOptions = {},
): Child {
	// A process group of its own, so that all of it can be ended, and Ctrl-C reaches us alone.
	const child = spawn('sh', ['-c', TIED, 'sh', command, ...args], {
		env,
		detached: true,
		stdio: ['pipe', stdout, 'pipe'],
	})
	const exited = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 1)
	const killGroup = () => {
		try {
			if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
		} catch {
			// Already gone.
		}
	}
	// The `cat` that waits on the pipe outlives the program by a moment.
	void exited.then(killGroup)
	return {
		process: child,
		exited,
		async stop() {
			child.stdin?.end()
			const timer = setTimeout(killGroup, KILL_AFTER_MS)
			await exited
			clearTimeout(timer)
		},
		async kill() {
			// The shell is gone before its program is, which still has our pipes then.
			const closed = once(child, 'close')
			killGroup()
			await closed
		},
	}
}
