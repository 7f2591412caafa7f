import { sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect } from 'vitest'
import { getOrCreateMany, updateOrCreateMany } from '../../../../src/get-or-create'
import { fresh } from '../../../support/service'
import { objectText, request, type Stored, stored, wideDatabase } from './request'
import { type TypeName, typed } from './tables'

/** A value in every form that it has on its way. */
export interface Value {
	/** As JSON, spelled in any way. */
	json: string
	/** As Drizzle takes it. */
	drizzle: unknown
	/** As answers have it. */
	told: unknown
	/** As a path or a query has it. */
	text?: string
}

/** Rows of `values` under names in their order. */
interface Rows {
	values: readonly Value[]
	names: string[]
}

function rowsOf(values: readonly Value[]): Rows & { prefix: string } {
	const prefix = fresh('row')
	return { values, prefix, names: values.map((_, place) => `${prefix}-${String(place).padStart(5, '0')}`) }
}

/** Tells of many rows those alone that are not as expected, by what was sent. */
export function expectEach(
	{ values }: Pick<Rows, 'values'>,
	actual: unknown,
	expected: readonly unknown[],
): void {
	const all = Array.isArray(actual) ? (actual as unknown[]) : [actual]
	expect(all).toHaveLength(expected.length)
	const other = all.flatMap((got, place) => {
		const [one, wanted] = [exact(got), exact(expected[place])]
		return one === wanted ? [] : `${values[place]?.json}: ${one}, not ${wanted}`
	})
	expect(other).toEqual([])
}

function exact(value: unknown): string {
	return JSON.stringify(value, (_, each: unknown) => {
		if (Object.is(each, -0)) return '-0'
		return typeof each === 'bigint' ? `${each}n` : each
	})
}

export function outcomeOf(result: { created: boolean; updated?: boolean } | { error: unknown }): unknown {
	if ('error' in result) return result.error
	return result.created ? 'created' : result.updated ? 'updated' : 'found'
}

type Send = (table: SQLiteTable, rows: Rows) => Promise<void>

const bodies = ({ values, names }: Rows): string[] =>
	values.map(({ json }, place) => objectText({ name: JSON.stringify(names[place]), value: json }))

const drizzleRows = ({ values, names }: Rows) =>
	values.map(({ drizzle }, place) => ({ name: names[place] ?? '', value: drizzle }))

const answers = ({ values, names }: Rows, about: object) =>
	values.map(({ told }, place) => ({ row: { name: names[place], value: told }, ...about }))

const made = { created: true }
const put = { created: true, updated: false }
const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('')

/** Every way to write rows with values; each expects the answer that rows are made. */
function waysOf(type: TypeName): Record<string, Send> {
	const path = `/held_${type}`
	return {
		'an array': async (_, rows) => {
			const { body } = await request('POST', path, { text: `[${bodies(rows).join()}]` })
			expectEach(rows, body, answers(rows, made))
		},
		'an array, by PUT': async (_, rows) => {
			const { body } = await request('PUT', `${path}?by=name`, { text: `[${bodies(rows).join()}]` })
			expectEach(rows, body, answers(rows, put))
		},
		'an array, over rows without a value': async (_, rows) => {
			const names = rows.names.map((name) => ({ name }))
			await request('POST', path, { text: JSON.stringify(names) })
			const { body } = await request('PUT', path, { text: `[${bodies(rows).join()}]` })
			expectEach(rows, body, answers(rows, { created: false, updated: true }))
		},
		'a stream': async (_, rows) => {
			const sent = { text: lines(bodies(rows)), type: 'application/x-ndjson' }
			const { body } = await request('POST', `${path}?by=name`, sent)
			expectEach(rows, body, answers(rows, made))
		},
		'an array under an Idempotency-Key': async (_, rows) => {
			const [text, key] = [`[${bodies(rows).join()}]`, fresh('key')]
			const first = await request('POST', path, { text, key })
			expectEach(rows, first.body, answers(rows, made))
			expect(await request('POST', path, { text, key })).toEqual({ ...first, replayed: true })
		},
		'the TypeScript functions': async (table, rows) => {
			const results = await getOrCreateMany(wideDatabase(), table, drizzleRows(rows))
			expectEach(
				rows,
				results.map(outcomeOf),
				rows.names.map(() => 'created'),
			)
		},
		'plain Drizzle': async (table, rows) => {
			await wideDatabase().insert(table).values(drizzleRows(rows))
		},
	}
}

export const WAYS = Object.keys(waysOf('real'))

/** Writes one row, alone. */
export const SINGLE = 'one by one'

const sendSingles =
	(type: TypeName): Send =>
	async (_, rows) => {
		const path = `/held_${type}`
		const expected = answers(rows, made)
		const sendOne = async (text: string, place: number) => {
			const answer = expected[place]
			const key = fresh('key')
			const first = await request('POST', path, { text, key })
			expect([first.status, first.body]).toEqual([201, answer])
			expect(await request('POST', path, { text, key })).toEqual({ ...first, replayed: true })
			expect(await request('POST', path, { text })).toMatchObject({ status: 200, body: { created: false } })
			const found = await request('GET', `${path}/${rows.names[place]}`)
			expect([found.status, found.body]).toEqual([200, answer?.row])
		}
		await Promise.all(bodies(rows).map(sendOne))
	}

/** What plain Drizzle stores of values. */
export async function storedByDrizzle(type: TypeName, values: readonly Value[]): Promise<Stored[]> {
	const { twin } = typed[type]
	const rows = rowsOf(values)
	await wideDatabase().insert(twin).values(drizzleRows(rows))
	return await stored(twin, isOf(rows))
}

const isOf = ({ prefix }: { prefix: string }) => sql`name LIKE ${`${prefix}-%`}`

/**
 * Writes values in one of the ways. The same is the same row once more, which nothing changes, asked for by all of it, by
 * its name, or in TypeScript. Gives what is stored then.
 */
export async function writes(type: TypeName, way: string, values: readonly Value[]): Promise<Stored[]> {
	const { held } = typed[type]
	const rows = rowsOf(values)
	const send = way === SINGLE ? sendSingles(type) : waysOf(type)[way]
	await send?.(held, rows)
	const path = `/held_${type}`
	const text = `[${bodies(rows).join()}]`
	expectEach(rows, (await request('POST', path, { text })).body, answers(rows, { created: false }))
	const idle = await request('PUT', path, { text })
	expectEach(rows, idle.body, answers(rows, { created: false, updated: false }))
	const results = await updateOrCreateMany(wideDatabase(), held, drizzleRows(rows))
	expectEach(
		rows,
		results.map(outcomeOf),
		rows.names.map(() => 'found'),
	)
	return await stored(held, isOf(rows))
}
