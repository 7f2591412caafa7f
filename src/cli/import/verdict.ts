import type { Options } from './arguments'
import type { Row } from './row'
import { Wrong } from './stop'

/** What became of a row, or would. */
export type Verdict = Kind | Wrong
type Kind = 'created' | 'existing' | 'updated' | 'right'

/**
 * Tells of each of some rows what becomes of it. The `name` is the same for the same rows when an import goes on.
 * @throws Stop where that can't be told, and the reason of the signal.
 */
export type Judge = (rows: readonly Row[], name: string, signal: AbortSignal) => Promise<Verdict[]>

/** How many rows there were of each kind. */
export type Tally = Record<Kind | 'refused', number>

export const NONE: Tally = { created: 0, existing: 0, updated: 0, right: 0, refused: 0 }

export function tallied(tally: Tally, verdicts: readonly Verdict[]): Tally {
	const sum = { ...tally }
	for (const verdict of verdicts) sum[verdict instanceof Wrong ? 'refused' : verdict]++
	return sum
}

/** In words: "12 created · 3 existing · 1 refused". */
export function wordsOf(
	tally: Tally,
	{ isDryRun, isUpdate }: Pick<Options, 'isDryRun' | 'isUpdate'>,
): string {
	const kinds: (keyof Tally)[] = isDryRun
		? ['right', 'refused']
		: ['created', ...(isUpdate ? ['updated' as const] : []), 'existing', 'refused']
	return kinds.map((kind) => `${counted(tally[kind])} ${kind}`).join(' · ')
}

/** "1 row", "1,000 rows". */
export function rowsIn(number: number): string {
	return `${counted(number)} ${number === 1 ? 'row' : 'rows'}`
}

export function counted(number: number): string {
	return Math.round(number).toLocaleString('en-US')
}
