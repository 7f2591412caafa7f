/** Milliseconds of a clock that nobody sets. */
export function now(): number {
	return performance.now()
}

/**
 * Runs with a signal of its own, which aborts with the caller's, and at the end: whoever listens to it then lets go of
 * timers and connections. (AbortSignal.any is too new for some browsers.)
 */
export async function scoped<T>(
	outer: AbortSignal | undefined,
	run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const controller = new AbortController()
	const abort = () => controller.abort(outer?.reason)
	outer?.throwIfAborted()
	outer?.addEventListener('abort', abort)
	try {
		return await run(controller.signal)
	} finally {
		outer?.removeEventListener('abort', abort)
		controller.abort()
	}
}

/** Resolves after some milliseconds. Rejects with the signal's reason as soon as that aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const timer = setTimeout(resolve, ms)
		signal.addEventListener('abort', () => {
			clearTimeout(timer)
			reject(signal.reason)
		})
	})
}
