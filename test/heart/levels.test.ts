import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import type { Terms } from '../../src/get-or-create/form'
import { outcomesOf } from '../../src/get-or-create/outcomes'
import { planCalls } from '../../src/get-or-create/plan-calls'
import { Reference } from '../../src/get-or-create/reference'
import type { RowRequest } from '../../src/get-or-create/row-request'
import { tableInfo } from '../../src/get-or-create/table'
import { authors, books, countries } from '../support/schema'

const held = (table: SQLiteTable, row: Record<string, unknown>) =>
	new Reference(tableInfo(table), { row, faults: [] })
const author = (name: string, more: object = {}) => held(authors, { email: name, name, ...more })
const country = (code: string) => held(countries, { code })

/** How many rows each plan has of an array of these books, and how many who ask for them. */
async function plansOf(
	rows: readonly Record<string, unknown>[],
	{ hasNoTriggers = true, ...terms }: Partial<Terms & { hasNoTriggers: boolean }> = {},
): Promise<[rows: number, askers: number][]> {
	let requests: readonly RowRequest[] = []
	const asks = rows.map((row) => ({ verb: 'get-or-create' as const, ...terms, row }))
	await outcomesOf(tableInfo(books), asks, async (sent) => {
		requests = sent
		return await Promise.resolve(sent.map(() => ({ kind: 'row', values: [], created: true, updated: false })))
	})
	const places = [...requests.keys()]
	const call = {
		call: 0,
		places,
		requests,
		way: 'together' as const,
		suspects: undefined,
		sharesPlans: false,
	}
	const known = { isSumFelt: () => true, hasNoTriggers: () => hasNoTriggers }
	return planCalls([call], known).map(({ rows: planned }) => [
		planned.length,
		planned.reduce((sum, { askers }) => sum + askers.length, 0),
	])
}

describe('rows that hold others', () => {
	const alike = [1, 2, 3, 4].map((n) => ({ title: `t${n}`, authorId: author(`a${n % 2}`) }))

	it('share statements, table by table', async () => {
		expect(await plansOf(alike)).toEqual([
			[2, 4],
			[4, 4],
		])
		const deep = alike.map((row, n) => ({ ...row, authorId: author(`a${n}`, { countryId: country('c') }) }))
		expect(await plansOf(deep)).toEqual([
			[1, 4],
			[4, 4],
			[4, 4],
		])
	})

	it('go one by one where their order may count', async () => {
		const one = Array.from({ length: 8 }, () => [1, 1])
		expect(await plansOf(alike, { hasNoTriggers: false })).toEqual(one)
		// The id may be that of an author who is made later.
		expect(await plansOf(alike.map((row) => ({ ...row, editorId: 7 })))).toEqual(one)
		const first = { title: 't', authorId: 1 }
		expect(
			await plansOf(alike.map((row, n) => (n ? row : { ...row, sequelOf: held(books, first) }))),
		).toHaveLength(9)
		// Authors may refer to a book by its id, which an update may change.
		const updates = alike.map((row, n) => ({ ...row, id: n + 1, pages: 2 }))
		const set = (['id', 'pages'] as const).flatMap((name) => {
			const column = tableInfo(books).columns.find(({ property }) => property === name)
			return column ? [{ column, how: 'update' as const }] : []
		})
		const by = tableInfo(books).columns.filter(({ property }) => ['title', 'authorId'].includes(property))
		const terms = { verb: 'update-or-create', by } as const
		expect(await plansOf(updates, { ...terms, update: { set, newer: undefined } })).toEqual(one)
		expect(
			await plansOf(updates, { ...terms, update: { set: set.slice(1), newer: undefined } }),
		).toHaveLength(2)
	})
})
