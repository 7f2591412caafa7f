import type { DatabaseError } from '../database/failure'
import { changesOf, waysOf } from './changes'
import type { RowError } from './errors'
import { columnNamed, type ReferenceResult, rowOf, told } from './held-rows'
import { isIdempotencyKey } from './idempotency'
import type { Outcome } from './outcome'
import { outcomesOf, type Submit } from './outcomes'
import { UnreadableError } from './read-value'
import type { Ask } from './row-request'
import { BY_REFERENCE, referenceTermsOf, type SeenTable } from './seen-table'
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

function byReferences(options: NamedTerms): [name: string, by: readonly string[]][] {
	return Object.entries(options).flatMap(([name, by]): [string, readonly string[]][] =>
		name.startsWith(BY_REFERENCE) && Array.isArray(by) ? [[name, by.map(String)]] : [],
	)
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
