import type { Options } from './arguments'
import type { Column, Columns } from './columns'
import type { Entry } from './entry'
import { Wrong } from './stop'

/** A row as JSON has it, by the columns of the table. */
export type Row = Record<string, unknown>

/** The row that stands in an entry of CSV (`isText`) or of JSON; or all that is wrong with it. */
export function rowOf(
	{ cells }: Entry,
	columns: Columns,
	isText: boolean,
	{ null: nullText }: Pick<Options, 'null'>,
): Row | Wrong {
	if (cells instanceof Wrong) return cells
	const row: Row = {}
	const faults: string[] = []
	for (const [name, given] of cells) {
		const column = columns.of(name)
		if (!column) continue
		const value = isText ? read(String(given), column.read, nullText) : given
		if (value instanceof Wrong) faults.push(`${name}: ${value.detail}`)
		else if (isInfinite(value)) faults.push(`${name}: is a number that is too large`)
		else if (Object.hasOwn(row, column.property)) faults.push(`${name}: is there twice`)
		else if (value !== undefined) row[column.property] = value
	}
	return faults.length > 0 ? new Wrong(faults.join('; ')) : row
}

/** Undefined where the cell says nothing. */
function read(text: string, reading: Column['read'], nullText: string | undefined): unknown {
	if (text === nullText) return null
	return text === '' ? undefined : reading(text)
}

/** What JSON.parse makes of 1e999, and JSON can't say. */
function isInfinite(value: unknown): boolean {
	return typeof value === 'number' && !Number.isFinite(value)
}
