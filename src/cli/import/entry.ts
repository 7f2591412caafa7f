import type { Wrong } from './stop'

export const FORMATS = ['csv', 'json', 'ndjson'] as const
export type Format = (typeof FORMATS)[number]

/** A name of the input, and what stands under it: of CSV text, of the others any JSON. */
export type Cell = readonly [name: string, value: unknown]

/** A row as it stands in the input. */
export interface Entry {
	/** Where: "line 12", "item 12". */
	at: string
	cells: readonly Cell[] | Wrong
	/** About how many characters of JSON it is. */
	size: number
	/** What a file of refused rows has of it, with this reason. */
	refused: (reason: string) => string
}

export interface Entries {
	/** Of CSV, the names of its columns. */
	header?: readonly string[]
	/** How a file of refused rows is called, and begins. */
	refusedAs: { extension: string; head: string }
	rows: AsyncIterable<Entry>
}

/** What a file of refused rows has beside the columns. Who imports it again need not take them out. */
export const REFUSED_AT = 'refused_at'
export const REFUSED_REASON = 'refused_reason'
/** In the place of the columns, where a row could not be read. */
export const REFUSED_TEXT = 'refused_text'

export function isRefusal(name: string): boolean {
	return name === REFUSED_AT || name === REFUSED_REASON || name === REFUSED_TEXT
}
