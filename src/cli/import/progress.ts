import type { Options } from './arguments'
import type { Input } from './input'
import { counted, rowsIn, type Tally, wordsOf } from './verdict'

/** Where there is a terminal, and where there is none. */
const LINE_MS = 200
const PLAIN_MS = 5000

/** Says on standard error how far an import is: on a terminal in one line that changes, else in a line now and then. */
export class Progress {
	readonly #input: Input
	readonly #options: Options
	readonly #out = process.stderr
	#start = { ms: performance.now(), bytes: 0, rows: 0 }
	#shown = performance.now()
	#line = ''

	constructor(input: Input, options: Options) {
		this.#input = input
		this.#options = options
	}

	/** Begins to measure, behind rows that were done before. */
	begin(rows: number): void {
		this.#start = { ms: performance.now(), bytes: this.#input.read(), rows }
	}

	show(rows: number, tally: Tally): void {
		const now = performance.now()
		if (now - this.#shown < (this.#out.isTTY ? LINE_MS : PLAIN_MS)) return
		this.#shown = now
		this.#line = this.#lineOf(rows, tally, (now - this.#start.ms) / 1000)
		if (this.#out.isTTY) this.#draw()
		else this.#out.write(`${this.#line}\n`)
	}

	/** A line of its own. */
	say(text: string): void {
		if (!this.#out.isTTY || this.#line === '') this.#out.write(`${text}\n`)
		else {
			this.#out.write(`\r\u001b[K${text}\n`)
			this.#draw()
		}
	}

	end(): void {
		if (this.#out.isTTY && this.#line !== '') this.#out.write('\r\u001b[K')
		this.#line = ''
	}

	#draw(): void {
		this.#out.write(`\r\u001b[K${this.#line.slice(0, (this.#out.columns || 80) - 1)}`)
	}

	#lineOf(rows: number, tally: Tally, seconds: number): string {
		const rate = (rows - this.#start.rows) / seconds
		return [rowsIn(rows), `${counted(rate)}/s`, wordsOf(tally, this.#options), ...this.#left(seconds)].join(
			' · ',
		)
	}

	/** Of a file it is known how much there is to read. */
	#left(seconds: number): string[] {
		const { file, read } = this.#input
		const done = read() - this.#start.bytes
		if (!file || done <= 0) return []
		const left = Math.ceil(((file.size - read()) / done) * seconds)
		return [`${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`]
	}
}
