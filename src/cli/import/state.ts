import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'
import type { Options } from './arguments'
import type { Input } from './input'
import { messageOf } from './stop'
import { NONE } from './verdict'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const STATE = v.object({
	/** Of which import it is: the file as it was, and how it was to be imported. */
	of: v.string(),
	/** Names the import to the service, so that rows whose answer was lost are answered as they would have been. */
	run: v.string(),
	/** How many rows are done with. */
	rows: count,
	tally: v.object({ created: count, existing: count, updated: count, right: count, refused: count }),
	refused: v.optional(v.object({ file: v.string(), bytes: count })),
})
export type State = v.InferOutput<typeof STATE>

/** Where an import is, kept beside its file so that the next run goes on there; of standard input it is not. */
export class StateFile {
	readonly #file: string | undefined
	readonly #say: (note: string) => void
	/** Where it stopped; or at the beginning. */
	readonly found: State

	constructor(options: Options, input: Input, say: (note: string) => void) {
		this.#file = options.file === undefined || options.isDryRun ? undefined : `${options.file}.import-state`
		this.#say = say
		const of = signOf(options, input)
		const kept = this.#read()
		const isSame = kept?.of === of
		if (kept && !isSame) {
			say('An import of this file was stopped; the file or the options are others now: it starts anew.')
		}
		this.found = isSame ? kept : { of, run: randomUUID(), rows: 0, tally: NONE }
	}

	#read(): State | undefined {
		if (this.#file === undefined) return undefined
		try {
			return v.parse(v.pipe(v.string(), v.parseJson(), STATE), readFileSync(this.#file, 'utf8'))
		} catch {
			return undefined
		}
	}

	/** Whole, or as it was before. */
	save(state: State): void {
		if (this.#file === undefined) return
		try {
			writeFileSync(`${this.#file}~`, JSON.stringify(state))
			renameSync(`${this.#file}~`, this.#file)
		} catch (error) {
			if (state.rows === 0) this.#say(`It can't go on where it is stopped: ${messageOf(error)}`)
		}
	}

	remove(): void {
		if (this.#file !== undefined) rmSync(this.#file, { force: true })
	}
}

/** All that decides what is sent, and in what pieces. */
function signOf(options: Options, { file }: Input): string {
	const { token: _, timeout: __, map, ...others } = options
	const sign = { ...others, map: [...map], size: file?.size, mtime: file?.mtimeMs }
	return createHash('sha256').update(JSON.stringify(sign)).digest('hex')
}
