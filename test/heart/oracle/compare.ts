import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Twins } from '../../support/kinds'
import { database } from '../../support/service'
import { isFailure, type Outcome, type Row } from './outcome'
import type { Renaming } from './renaming'
import { queryOf, type Step } from './step'

/** A step's rows as the callers of either table say them, and what became of them. */
export interface Answered {
	step: Step
	asked: readonly Row[]
	together: readonly Outcome[]
	single: readonly Outcome[]
}

/** Holds what became of rows together against what became of them one by one: the first difference, in words. */
export function differenceOfOutcomes(
	renaming: Renaming,
	{ step, asked, together, single }: Answered,
): string | undefined {
	for (const [i, one] of together.entries()) {
		const other = single[i]
		if (other && areSame(renaming, asked[i] ?? {}, one, other) && !isFailure(one)) continue
		return [
			`row ${i} of ${step.method} ${queryOf(step)}, sent as ${step.form.as}`,
			...asked.map((row) => `  ${JSON.stringify(row)}`),
			`together: ${JSON.stringify(one)}`,
			`singly:   ${JSON.stringify(other)}`,
		].join('\n')
	}
	return undefined
}

function areSame(renaming: Renaming, asked: Row, one: Outcome, other: Outcome): boolean {
	if ('problem' in one || 'problem' in other) return JSON.stringify(one) === JSON.stringify(other)
	return (
		one.created === other.created &&
		one.updated === other.updated &&
		Object.entries(one.row).every(([column, value]) =>
			renaming.same(column, value, other.row[column] ?? null, asked, one.created),
		)
	)
}

/** Nothing is left in either table, nor a trace of which ids were used. */
export async function emptyTables({ together, single }: Twins): Promise<void> {
	const names = [getTableName(together), getTableName(single)]
	await database().$client.batch(
		[
			...names.map((name) => `DELETE FROM "${name}"`),
			{ sql: 'DELETE FROM sqlite_sequence WHERE name IN (?, ?)', args: names },
		],
		'write',
	)
}

/** Holds what is in the one table against what is in the other. */
export async function differenceOfTables(
	renaming: Renaming,
	{ together, single }: Twins,
): Promise<string | undefined> {
	const results = await database().$client.batch([rowsOf(together), rowsOf(single)], 'read')
	const [one, other] = (['together', 'single'] as const).map((of, i) => {
		const rows = results[i]?.rows ?? []
		return rows.map((row) => tell(renaming, row as unknown as Record<string, string>, of)).toSorted()
	})
	if (one?.join('\n') === other?.join('\n')) return undefined
	return `in the end\ntogether: ${one?.join('\n  ')}\nsingly:   ${other?.join('\n  ')}`
}

/** All rows, each column as a literal of SQL under its name in Drizzle, which tells types apart. */
export function rowsOf(table: SQLiteTable): string {
	const columns = Object.entries(getTableColumns(table)).map(
		([property, { name }]) => `quote("${name}") AS "${property}"`,
	)
	return `SELECT ${columns.join(', ')} FROM "${getTableName(table)}"`
}

function tell(renaming: Renaming, row: Record<string, string>, of: 'together' | 'single'): string {
	return Object.entries(row)
		.map(([column, literal]) => `${column} ${renaming.common(column, literal, of)}`)
		.join(', ')
}
