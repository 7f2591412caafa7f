import { describe, expect, it } from 'vitest'
import { updateOrCreate } from '../../../src/get-or-create'
import { fresh } from '../../support/service'
import { KEY_WAYS, keys, readsKeys } from './support/keys'
import { request, wideDatabase } from './support/request'
import { typed } from './support/tables'
import { SINGLE, storedByDrizzle, type Value, WAYS, writes } from './support/ways'

/** One key in each collation, and one that is none of them. */
const COLLATIONS = [
	['nocase', ['Vue', 'vue', 'VUE'], 'Vue '],
	['rtrim', ['Vue', 'Vue ', 'Vue    '], 'vue'],
	['rtrim', ['', ' ', '  '], '\t'],
	['nocase', ['Éa', 'ÉA'], 'éa'],
	['rtrim', ['é', 'é '], 'é\u00a0'],
] as const

/** Different in either. */
const DIFFERENT = [
	'',
	'a',
	'a\t',
	'a\u00a0',
	'\ufeff',
	'\ufeffa',
	'É',
	'é',
	'e\u0301',
	'İ',
	'ß',
	'ss',
	'"',
	'1',
	'1.0',
]
const valueOf = (text: string): Value => ({
	json: JSON.stringify(text),
	drizzle: text,
	told: text,
	text,
})
const TEXTS = DIFFERENT.map(valueOf)

export function collations(): void {
	describe.each(['nocase', 'rtrim', 'text'] as const)('of the type %s', (type) => {
		const values = [...TEXTS, valueOf(' a'), valueOf('A  ')]

		it.each([...WAYS, SINGLE])('keep every text as it was sent: %s', async (way) => {
			expect(await writes(type, way, values)).toEqual(await storedByDrizzle(type, values))
		})

		it.each(KEY_WAYS)('tell keys apart: %s', async (way) => {
			expect(await keys(type, way, TEXTS)).toEqual(await storedByDrizzle(type, TEXTS))
		})

		it('are read by, in a path and in a query', async () => {
			expect(await readsKeys(type, TEXTS)).toEqual(TEXTS.map(({ told }) => told))
		})

		it.each(['"\\ud800"', '"a\\udc00"', '"\\u0000"'])('hold no %s', async (json) => {
			const text = `{"name":"none","value":${json}}`
			expect(await request('POST', `/held_${type}`, { text })).toMatchObject({
				status: 422,
				body: { errors: [{ pointer: '/value' }] },
			})
		})
	})

	describe.each(COLLATIONS)('of the type %s take %j for one, and not %j', (type, same, other) => {
		const [first, second] = same

		it('in a column: what is otherwise spelled is found, and an update writes it', async () => {
			const name = fresh('text')
			const path = `/held_${type}`
			const send = async (method: string, value: string) =>
				await request(method, path, { text: JSON.stringify({ name, value }) })
			expect((await send('POST', first)).status).toBe(201)
			for (const each of same) {
				expect((await send('POST', each)).body).toEqual({ row: { name, value: first }, created: false })
			}
			expect(await send('POST', other)).toMatchObject({
				status: 409,
				body: { conflicts: [{ key: ['name'], differs: ['value'] }] },
			})
			for (const [value, updated] of [
				[second, true],
				[second, false],
				[first, true],
				[other, true],
			] as const) {
				expect((await send('PUT', value)).body).toEqual({ row: { name, value }, created: false, updated })
			}
			const call = async () => await updateOrCreate(wideDatabase(), typed[type].held, { name, value: second })
			expect(await call()).toEqual({ row: { name, value: second }, created: false, updated: true })
			expect(await call()).toEqual({ row: { name, value: second }, created: false, updated: false })
		})

		it('as a key: the row is found in any spelling, and an array has one row for all', async () => {
			const scope = fresh('text')
			const rows = [...same, other].map((value, note) => ({ scope, value, note: String(note) }))
			const { body } = await request('PUT', `/key_${type}`, { text: JSON.stringify(rows) })
			expect(body).toEqual(
				rows.map(({ value, note }, place) => {
					const isFirst = place === 0 || value === other
					return {
						row: { scope, value: value === other ? other : first, note },
						created: isFirst,
						updated: !isFirst,
					}
				}),
			)
			const row = { scope, value: first, note: String(same.length - 1) }
			for (const value of same) {
				const query = new URLSearchParams({ scope, value })
				expect((await request('GET', `/key_${type}?${query}`)).body).toEqual(row)
				const text = JSON.stringify({ scope, value, note: 'not this' })
				expect((await request('POST', `/key_${type}?by=scope,value`, { text })).body).toEqual({
					row,
					created: false,
				})
			}
		})
	})

	it('write a key that is otherwise spelled, where the row is asked for by another', async () => {
		const [nocase, rtrim] = [fresh('Vue'), fresh('Vue')]
		const made = await request('POST', '/collated', { text: JSON.stringify({ nocase, rtrim }) })
		const { row } = made.body as { row: { id: number } }
		for (const change of [{ nocase: nocase.toUpperCase() }, { rtrim: `${rtrim}  ` }]) {
			const text = JSON.stringify({ id: row.id, ...change })
			for (const updated of [true, false]) {
				expect((await request('PUT', '/collated', { text })).body).toMatchObject({
					row: { id: row.id, ...change },
					created: false,
					updated,
				})
			}
		}
	})

	it('write the key that the row is asked for by, where update names it', async () => {
		const nocase = fresh('Vue')
		await request('POST', '/collated', { text: JSON.stringify({ nocase, rtrim: nocase }) })
		const text = JSON.stringify({ nocase: nocase.toUpperCase() })
		for (const [update, stored, updated] of [
			['', nocase, false],
			['&update=nocase', nocase.toUpperCase(), true],
			['&update=nocase', nocase.toUpperCase(), false],
		] as const) {
			const { body } = await request('PUT', `/collated?by=nocase${update}`, { text })
			expect(body).toMatchObject({ row: { nocase: stored }, created: false, updated })
		}
	})

	it('are in the way of another row in any spelling', async () => {
		const [nocase, rtrim] = [fresh('Vue'), fresh('Vue')]
		await request('POST', '/collated', { text: JSON.stringify({ nocase, rtrim }) })
		for (const [by, key, row] of [
			['nocase', 'rtrim', { nocase: fresh('other'), rtrim: `${rtrim} ` }],
			['rtrim', 'nocase', { nocase: nocase.toLowerCase(), rtrim: fresh('other') }],
		] as const) {
			const conflict = { conflicts: [{ key: [key], differs: [by] }] }
			for (const method of ['POST', 'PUT']) {
				const text = JSON.stringify(row)
				expect(await request(method, `/collated?by=${by}`, { text })).toMatchObject({
					status: 409,
					body: conflict,
				})
				const { body } = await request(method, `/collated?by=${by}`, { text: `[${text},${text}]` })
				expect(body).toMatchObject([{ problem: conflict }, { problem: conflict }])
			}
		}
	})
}
