import type { DatabaseError } from '../database/failure'
import { faultAt, type RowError } from './errors'
import { isIdempotencyKey } from './idempotency'
import { type Outcome, outcomesOf, type Submit } from './outcome'
import { readValue, UnreadableError } from './read-value'
import type { Ask } from './row-request'
import type { ColumnInfo, TableInfo } from './table'
import { requireUniqueKey } from './unique-key'

export interface NamedTerms {
	by?: readonly string[]
	update?: readonly string[]
	idempotencyKey?: string
}

export interface Result {
	row: Record<string, unknown>
	created: boolean
	updated: boolean
	/** It was done before, under the same Idempotency-Key. */
	replayed?: true
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
 * @throws NotAUniqueKeyError for a `by` that can't decide a race; Error for a column that isn't there.
 */
export async function askMany(
	{ info, columns }: { info: TableInfo; columns: readonly ColumnInfo[] },
	verb: Ask['verb'],
	rows: readonly Readonly<Record<string, unknown>>[],
	options: NamedTerms,
	submit: Submit,
): Promise<(Result | Failed)[]> {
	const known = new Map(columns.map((column) => [column.property, column]))
	const columnOf = (property: string) => {
		const column = known.get(property)
		if (!column) throw new Error(`table "${info.name}" has no column "${property}"`)
		return column
	}
	const by = options.by?.map(columnOf)
	if (by) requireUniqueKey(info, by)
	const update = options.update?.map(columnOf)
	const { idempotencyKey: key } = options
	if (key !== undefined && !isIdempotencyKey(key)) {
		throw new Error('an idempotency key has 1 to 255 printable ASCII characters')
	}
	const results: (Result | Failed)[] = []
	for (let start = 0; start < rows.length; start += MAX_ROWS) {
		const asks = rows.slice(start, start + MAX_ROWS).map((row, place): Ask => {
			const unknown = Object.keys(row).filter((property) => !known.has(property))
			return {
				verb,
				row,
				by,
				update,
				key: key === undefined ? undefined : { key, position: start + place, alone: false },
				faults: unknown.map((property) => faultAt({ property }, 'is not a column')),
			}
		})
		const outcomes = await outcomesOf(info, asks, submit)
		results.push(...outcomes.map((outcome) => resultOf(info, columns, outcome)))
	}
	return results
}

/** The one result, or its error thrown. */
export function onlyOne<R extends { created: boolean }>([result]: readonly (R | { error: Error })[]): R {
	if (!result) throw new Error('a row without a result')
	if ('error' in result) throw result.error
	return result
}

function resultOf(table: TableInfo, columns: readonly ColumnInfo[], outcome: Outcome): Result | Failed {
	if (outcome.kind === 'error') return { error: outcome.error }
	const { values, created, updated, replayed } = outcome
	try {
		const row = columns.map((column) => [
			column.property,
			readValue(table, column, values[column.index] ?? null),
		])
		return { row: Object.fromEntries(row), created, updated, ...(replayed ? { replayed } : {}) }
	} catch (error) {
		if (error instanceof UnreadableError) return { error }
		throw error
	}
}
