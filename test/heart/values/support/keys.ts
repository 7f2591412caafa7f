import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { getOrCreateMany, updateOrCreateMany } from '../../../../src/get-or-create'
import { fresh } from '../../../support/service'
import { objectText, request, type Stored, stored, wideDatabase } from './request'
import { type TypeName, typed } from './tables'
import { expectEach, outcomeOf, type Value } from './ways'

/** Rows that a value tells apart, in a scope of their own, under notes in their order. */
interface Rows {
	scope: string
	values: readonly Value[]
	notes: string[]
}

const rowsOf = (values: readonly Value[]): Rows => ({
	scope: fresh('scope'),
	values,
	notes: values.map((_, place) => String(place).padStart(5, '0')),
})

const bodies = ({ scope, values, notes }: Rows, note = (own: string) => own): string[] =>
	values.map(({ json }, place) =>
		objectText({
			scope: JSON.stringify(scope),
			value: json,
			note: JSON.stringify(note(notes[place] ?? '')),
		}),
	)

const array = (texts: readonly string[]) => `[${texts.join()}]`

const drizzleRows = ({ scope, values, notes }: Rows) =>
	values.map(({ drizzle }, place) => ({ scope, value: drizzle, note: notes[place] ?? '' }))

const answers = ({ scope, values, notes }: Rows, about: object, note = (own: string) => own) =>
	values.map(({ told }, place) => ({ row: { scope, value: told, note: note(notes[place] ?? '') }, ...about }))

const BY = 'by=scope,value'

/** Every way to make rows by a key; each expects the answer that they are made. */
function waysOf(type: TypeName): Record<string, (rows: Rows) => Promise<void>> {
	const path = `/key_${type}`
	const table = typed[type].key
	return {
		'an array': async (rows) => {
			const { body } = await request('POST', `${path}?${BY}`, { text: array(bodies(rows)) })
			expectEach(rows, body, answers(rows, { created: true }))
		},
		'an array, by PUT under an Idempotency-Key': async (rows) => {
			const [text, key] = [array(bodies(rows)), fresh('key')]
			const first = await request('PUT', path, { text, key })
			expectEach(rows, first.body, answers(rows, { created: true, updated: false }))
			expect(await request('PUT', path, { text, key })).toEqual({ ...first, replayed: true })
		},
		'a stream': async (rows) => {
			const text = bodies(rows).join('\n')
			const { body } = await request('POST', path, { text, type: 'application/x-ndjson' })
			expectEach(rows, body, answers(rows, { created: true }))
		},
		'the TypeScript functions': async (rows) => {
			const by = ['scope', 'value'] as const
			const results = await getOrCreateMany(wideDatabase(), table, drizzleRows(rows), { by })
			expectEach(
				rows,
				results.map(outcomeOf),
				rows.notes.map(() => 'created'),
			)
		},
		'plain Drizzle': async (rows) => {
			await wideDatabase().insert(table).values(drizzleRows(rows))
		},
	}
}

export const KEY_WAYS = Object.keys(waysOf('real'))

/** Makes rows by keys in one of the ways: whoever asks for them in any other way gets the same. Gives what is stored. */
export async function keys(type: TypeName, way: string, values: readonly Value[]): Promise<Stored[]> {
	const rows = rowsOf(values)
	const path = `/key_${type}`
	await waysOf(type)[way]?.(rows)
	const text = array(bodies(rows))
	expectEach(rows, (await request('POST', path, { text })).body, answers(rows, { created: false }))
	const again = await updateOrCreateMany(wideDatabase(), typed[type].key, drizzleRows(rows))
	expectEach(
		rows,
		again.map(outcomeOf),
		values.map(() => 'found'),
	)
	const twice = (own: string) => `${own}, twice`
	for (const updated of [true, false]) {
		const { body } = await request('PUT', path, { text: array(bodies(rows, twice)) })
		expectEach(rows, body, answers(rows, { created: false, updated }, twice))
	}
	return await stored(typed[type].key, sql`scope = ${rows.scope}`, 'note')
}

/** Makes rows by their keys, each under an Idempotency-Key, and reads them by these, in a path and in a query: what is read. */
export async function readsKeys(type: TypeName, values: readonly Value[]): Promise<unknown[]> {
	const rows = rowsOf(values)
	const path = `/key_${type}`
	const expected = answers(rows, { created: true })
	const readOne = async (text: string, place: number) => {
		const spelled = values[place]?.text ?? ''
		const answer = expected[place]
		const key = fresh('key')
		const first = await request('POST', `${path}?${BY}`, { text, key })
		expect([first.status, first.body]).toEqual([201, answer])
		expect(await request('POST', `${path}?${BY}`, { text, key })).toEqual({ ...first, replayed: true })
		const query = new URLSearchParams({ value: spelled, scope: rows.scope })
		const places = [
			first.location ?? '',
			`${path}/${rows.scope},${encodeURIComponent(spelled)}`,
			`${path}?${query}`,
		]
		for (const each of places) {
			const found = await request('GET', each)
			expect([each, found.status, found.body]).toEqual([each, 200, answer?.row])
		}
		return answer?.row.value
	}
	return await Promise.all(bodies(rows).map(readOne))
}
