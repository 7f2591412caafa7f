import { closeSync, existsSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import type { Entries } from './entry'
import { messageOf, Stop } from './stop'

/** Where the refused rows of an import are, and how many bytes of it are done with. */
export interface Position {
	file: string
	bytes: number
}

/** Refused rows, beside the input. It is made with the first of them, and never over a file that is there. */
export class RefusedFile {
	#position: Position | undefined
	#descriptor: number | undefined
	readonly #name: (number: number) => string
	readonly #head: string

	/** `before` is where an import stopped that goes on: what it wrote behind that comes again. */
	constructor(input: string, { extension, head }: Entries['refusedAs'], before: Position | undefined) {
		const { name } = parse(input)
		// Those of `people.refused.csv` go to `people.refused.2.csv`.
		const stem = join(dirname(input), name.replace(/\.refused(\.\d+)?$/, ''))
		this.#name = (number) => `${stem}.refused${number > 1 ? `.${number}` : ''}.${extension}`
		this.#head = head
		this.#position = before
	}

	/** Undefined as long as no row was refused. */
	get position(): Position | undefined {
		return this.#position
	}

	/** @throws Stop where it can't be written. */
	add(lines: readonly string[]): void {
		if (lines.length === 0) return
		try {
			this.#descriptor ??= this.#open()
			this.#write(lines.join(''))
		} catch (error) {
			throw new Stop(`The refused rows can't be written: ${messageOf(error)}`)
		}
	}

	close(): void {
		if (this.#descriptor !== undefined) closeSync(this.#descriptor)
		this.#descriptor = undefined
	}

	#open(): number {
		const before = this.#position
		if (before && existsSync(before.file)) {
			const descriptor = openSync(before.file, 'r+')
			ftruncateSync(descriptor, before.bytes)
			return descriptor
		}
		let number = 1
		while (existsSync(this.#name(number))) number++
		this.#position = { file: this.#name(number), bytes: 0 }
		this.#descriptor = openSync(this.#position.file, 'wx')
		this.#write(this.#head)
		return this.#descriptor
	}

	#write(text: string): void {
		if (!this.#position || this.#descriptor === undefined) return
		const { file, bytes } = this.#position
		this.#position = { file, bytes: bytes + writeSync(this.#descriptor, text, bytes) }
	}
}
