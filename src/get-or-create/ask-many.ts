import type { DatabaseError } from '../database/failure'
import { changesOf, waysOf } from './changes'
import { type Fault, faultAt, type RowError } from './errors'
import { isIdempotencyKey } from './idempotency'
import type { DoneRow, Outcome } from './outcome'
import { outcomesOf, type Submit } from './outcomes'
import { readValue, UnreadableError } from './read-value'
import { Reference } from './reference'
import type { Ask } from './row-request'
import { RowReference } from './row-reference'
import { BY_REFERENCE, MAX_DEPTH, type ReferenceTerms, referenceTermsOf, type SeenTable, TOO_DEEP, wholeTable } from './seen-table'
import { casingNamed, type ColumnInfo, tableInfo, valueIn } from './table'
import { requireUniqueKey } from './unique-key'
import type { Ways } from './ways'

export interface NamedTerms extends Ways<string> {
	by?: readonly string[]
	idempotencyKey?: string
	/** All rows or none. */
	atomic?: boolean
	/** The columns by which the row in a column is asked for. */
	[name: ByReference]: readonly string[] | undefined
}

export type ByReference = `${typeof BY_REFERENCE}${string}`

export interface Result extends ReferenceResult {
	updated: boolean
	/** It was done before, under the same Idempotency-Key. */
	replayed?: true
}

/** What became of a row that another was given as a reference. */
export interface ReferenceResult {
	row: Record<string, unknown>
	created: boolean
	/** By the properties of the columns that refer to them; unset where none was given. */
	references?: Record<string, ReferenceResult>
}

/** What stands in a row's place in the many forms. */
export interface Failed {
	error: RowError | DatabaseError | UnreadableError
}

/** Rows of one transaction: enough to make it worth while, few enough for libSQL to take them as one parameter. */
const MAX_ROWS = 1000

/**
 * Asks for rows of Drizzle values, by property names, and gives their results in order. Only `columns` of the table
 * are taken and given back.
 * @throws NotAUniqueKeyError for a `by` that can't decide a race; Error for a column that isn't there, or can't be changed
 * so; of `atomic` rows what outcomesOf throws.
 */
export async function askMany(
	table: SeenTable,
	verb: Ask['verb'],
	rows: readonly Readonly<Record<string, unknown>>[],
	options: NamedTerms,
	submit: Submit,
): Promise<(Result | Failed)[]> {
	const { info } = table
	const columnOf = (property: string) => columnNamed(table, property)
	const by = options.by?.map(columnOf)
	if (by) requireUniqueKey(info, by)
	const newer = options.newer === undefined ? undefined : columnOf(options.newer)
	const update = changesOf({ ...waysOf((how) => options[how]?.map(columnOf)), newer }, by)
	const terms = referenceTermsOf(table, byReferences(options))
	const { idempotencyKey: key, atomic = false } = options
	if (atomic && rows.length > MAX_ROWS) {
		throw new RangeError(`${rows.length} rows can't be atomic: at most ${MAX_ROWS} go in one transaction`)
	}
	if (key !== undefined && !isIdempotencyKey(key)) {
		throw new Error('an idempotency key has 1 to 255 printable ASCII characters')
	}
	const results: (Result | Failed)[] = []
	for (let start = 0; start < rows.length; start += MAX_ROWS) {
		const asks = rows.slice(start, start + MAX_ROWS).map((row, place): Ask => {
			return {
				verb,
				...rowOf(table, row, terms),
				by,
				update,
				key:
					key === undefined
						? undefined
						: { key, position: start + place, request: atomic ? 'batch' : 'rows' },
			}
		})
		const outcomes = await outcomesOf(info, asks, submit, { atomic })
		results.push(...outcomes.map((outcome, place) => resultOf(table, outcome, asks[place]?.row ?? {})))
	}
	return results
}

/** The one result, or its error thrown. */
export function onlyOne<R extends { created: boolean }>([result]: readonly (R | { error: Error })[]): R {
	if (!result) throw new Error('a row without a result')
	if ('error' in result) throw result.error
	return result
}

function columnNamed({ info, columns }: SeenTable, property: string): ColumnInfo {
	const column = columns.find((each) => each.property === property)
	if (!column) throw new Error(`table "${info.name}" has no column "${property}"`)
	return column
}

function byReferences(options: NamedTerms): [name: string, by: readonly string[]][] {
	return Object.entries(options).flatMap(([name, by]): [string, readonly string[]][] =>
		name.startsWith(BY_REFERENCE) && Array.isArray(by) ? [[name, by.map(String)]] : [],
	)
}

/** A row, with the rows that it holds as references. */
function rowOf(
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
		const inner = column.refersTo.length > 0 ? heldIn(table, column, valueIn(row, column)) : undefined
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
): { table: SeenTable; row: Readonly<Record<string, unknown>>; by?: readonly string[] | undefined } | undefined {
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

function resultOf(table: SeenTable, outcome: Outcome, row: Ask['row']): Result | Failed {
	if (outcome.kind === 'error') return { error: outcome.error }
	const { updated, replayed } = outcome
	try {
		return { ...told(table, outcome, row), updated, ...(replayed ? { replayed } : {}) }
	} catch (error) {
		if (error instanceof UnreadableError) return { error }
		throw error
	}
}

/** @throws UnreadableError */
function told({ info, columns }: SeenTable, { values, created, references }: DoneRow, asked: Ask['row']): ReferenceResult {
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
