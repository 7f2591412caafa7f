/** A setting that is missing or makes no sense. The message names it and is for the log, never for a caller. */
export class MisconfiguredError extends Error {
	override readonly name = 'MisconfiguredError'
	readonly kind = 'misconfigured'
}
