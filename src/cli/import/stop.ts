/** Why an import can't go on: a sentence for the person who started it. */
export class Stop extends Error {
	override readonly name = 'Stop'
}

/** What is wrong with a row, or with a value of it, for the person who mends it. */
export class Wrong {
	constructor(readonly detail: string) {}
}

/** The reason that somebody else gave. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error)
}
