import { type Cell, isRefusal, REFUSED_AT, REFUSED_REASON, REFUSED_TEXT } from './entry'
import { Wrong } from './stop'

/** The cells of a row of JSON. */
export function cellsOf(json: unknown): readonly Cell[] | Wrong {
	if (typeof json === 'object' && json !== null && !Array.isArray(json)) return Object.entries(json)
	return new Wrong('is not a row, which is an object: {"name": …}')
}

/** A line for a file of refused rows. */
export function refusedRow(at: string, reason: string, cells: readonly Cell[]): string {
	const kept = cells.filter(([name]) => !isRefusal(name))
	return lineOf([[REFUSED_AT, at], [REFUSED_REASON, reason], ...kept])
}

/** The same of what could not be read, or not exactly. */
export function refusedText(at: string, reason: string, text: string): string {
	return lineOf([
		[REFUSED_AT, at],
		[REFUSED_REASON, reason],
		[REFUSED_TEXT, text],
	])
}

function lineOf(cells: readonly Cell[]): string {
	return `${JSON.stringify(Object.fromEntries(cells))}\n`
}
