import { type Fault, faultAt } from './errors'
import type { DoneRow } from './outcome'
import { readValue } from './read-value'
import { Reference } from './reference'
import { RowReference } from './row-reference'
import type { Ask } from './row-request'
import { MAX_DEPTH, type ReferenceTerms, type SeenTable, TOO_DEEP, wholeTable } from './seen-table'
import { type ColumnInfo, casingNamed, tableInfo, valueIn } from './table'
import { requireUniqueKey } from './unique-key'

// Rows of Drizzle values that hold others: those of `reference` in TypeScript, plain objects over RPC.

/** What became of a row that another was given as a reference. */
export interface ReferenceResult {
	row: Record<string, unknown>
	created: boolean
	/** By the properties of the columns that refer to them; unset where none was given. */
	references?: Record<string, ReferenceResult>
}

/** A row, with the rows that it holds as references. */
export function rowOf(
	table: SeenTable,
	row: Readonly<Record<string, unknown>>,
	terms: ReferenceTerms,
	depth = 0,
): { row: Readonly<Record<string, unknown>>; faults: Fault[] } {
	const { columns } = table
	const faults = Object.keys(row)
		.filter((property) => !columns.some((column) => column.property === property))
		.map((property) => faultAt({ property }, 'is not a column'))
	const held = columns.flatMap((column) => {
		const inner = heldIn(table, column, valueIn(row, column))
		return inner ? [{ column, ...inner }] : []
	})
	if (held.length === 0) return { row, faults }
	const read: Record<string, unknown> = { ...row }
	for (const { column, table: parent, row: own, by } of held) {
		const { property } = column
		read[property] = undefined
		if (depth >= MAX_DEPTH) {
			faults.push(faultAt(column, TOO_DEEP))
			continue
		}
		const term = terms.get(property)
		const columnsBy = by?.map((each) => columnNamed(parent, each)) ?? term?.by
		if (columnsBy) requireUniqueKey(parent.info, columnsBy)
		const parsed = rowOf(parent, own, term?.references ?? NO_TERMS, depth + 1)
		read[property] = new SeenReference(parent, parsed, columnsBy)
	}
	return { row: read, faults }
}

const NO_TERMS: ReferenceTerms = new Map()

class SeenReference extends Reference {
	constructor(
		readonly seen: SeenTable,
		...[read, by]: Tail<ConstructorParameters<typeof Reference>>
	) {
		super(seen.info, read, by)
	}
}

type Tail<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never

/** The row that a value is, of the table that its column refers to. */
function heldIn(
	{ info, parentOf }: SeenTable,
	column: ColumnInfo,
	value: unknown,
):
	| { table: SeenTable; row: Readonly<Record<string, unknown>>; by?: readonly string[] | undefined }
	| undefined {
	if (value instanceof RowReference) {
		if (!column.refersTo.some(({ table }) => table === value.table)) {
			throw new Error(`"${column.property}" of "${info.name}" does not refer to that table`)
		}
		const parent = tableInfo(value.table, casingNamed(info.casing))
		return { table: wholeTable(parent), row: { ...value.row }, by: value.by }
	}
	const parent = isPlain(value) ? parentOf(column) : undefined
	return parent && isPlain(value) ? { table: parent, row: value } : undefined
}

function isPlain(value: unknown): value is Record<string, unknown> {
	if (typeof value !== 'object' || value === null) return false
	const prototype: unknown = Object.getPrototypeOf(value)
	return prototype === Object.prototype || prototype === null
}

/** @throws UnreadableError */
export function told(
	{ info, columns }: SeenTable,
	{ values, created, references }: DoneRow,
	asked: Ask['row'],
): ReferenceResult {
	const row = columns.map((column) => [
		column.property,
		readValue(info, column, values[column.index] ?? null),
	])
	const inner = [...(references ?? [])].flatMap(([property, done]): [string, ReferenceResult][] => {
		const held = asked[property]
		return held instanceof SeenReference ? [[property, told(held.seen, done, held.row)]] : []
	})
	return {
		row: Object.fromEntries(row),
		created,
		...(inner.length > 0 ? { references: Object.fromEntries(inner) } : {}),
	}
}

/** @throws Error where there is none. */
export function columnNamed({ info, columns }: SeenTable, property: string): ColumnInfo {
	const column = columns.find((each) => each.property === property)
	if (!column) throw new Error(`table "${info.name}" has no column "${property}"`)
	return column
}
