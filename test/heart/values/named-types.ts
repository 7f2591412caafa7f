import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { getOrCreate } from '../../../src/get-or-create'
import { fresh } from '../../support/service'
import { KEY_WAYS, keys, readsKeys } from './support/keys'
import { request, stored, wideDatabase } from './support/request'
import { typed } from './support/tables'
import { SINGLE, storedByDrizzle, type Value, WAYS, writes } from './support/ways'

/** Text that SQLite keeps in a column of numbers. */
const KEPT = [
	'550e8400-e29b-41d4-a716-446655440000',
	'abc',
	'ABC',
	'',
	' ',
	'0x10',
	'1e',
	'e5',
	'1e5f',
	'12e4567a',
	'1-2',
	'Infinity',
	'NaN',
	'-inf',
	'\u00a05',
	'\ufeff5',
	'2026-01-02T03:04:05Z',
	'true',
	'null',
	'{"a":1}',
	'AAE=',
	'1,5',
]
/** Ids that it would make numbers of, of which many are one number. */
const NUMBERS = [
	'1e5',
	'100000.0',
	'123e4567',
	'999e9999',
	'12e45678901234567',
	'0010',
	'+10',
	'10.',
	' 10',
	'10 ',
	'.5',
	'1e999',
	'12345678901234567890',
	'12345678901234567891',
	'12345678901234567890123456789012',
	'-0',
	'9223372036854775808',
]

const valueOf = (text: string): Value => ({
	json: JSON.stringify(text),
	drizzle: text,
	told: text,
	text,
})

export function namedTypes(): void {
	const values = KEPT.map(valueOf)

	describe.each(['uuid', 'string', 'namedJson', 'fingerprint', 'mappedUuid', 'mappedPrint'] as const)(
		'%s',
		(type) => {
			it.each(type === 'uuid' ? [...WAYS, SINGLE] : WAYS)('takes text that SQLite keeps: %s', async (way) => {
				expect(await writes(type, way, values)).toEqual(await storedByDrizzle(type, values))
			})

			it.each(KEY_WAYS)('tells such ids apart: %s', async (way) => {
				expect(await keys(type, way, values)).toEqual(await storedByDrizzle(type, values))
			})

			it('is read by such ids, in a path and in a query', async () => {
				expect(await readsKeys(type, values)).toEqual(values.map(({ told }) => told))
			})
		},
	)

	describe.each(['uuid', 'string', 'namedJson', 'fingerprint', 'mappedUuid', 'mappedPrint'] as const)(
		'%s',
		(type) => {
			it('refuses text that SQLite would make a number of, and no two such ids are one row', async () => {
				const scope = fresh('id')
				const refused = { errors: [{ pointer: '/value' }] }
				const all = NUMBERS.map(() => ({ problem: { status: 422, ...refused } }))
				for (const method of ['POST', 'PUT']) {
					const held = JSON.stringify(NUMBERS.map((value) => ({ name: fresh('id'), value })))
					expect((await request(method, `/held_${type}`, { text: held })).body).toMatchObject(all)
					const text = JSON.stringify(NUMBERS.map((value) => ({ scope, value })))
					expect((await request(method, `/key_${type}?by=scope,value`, { text })).body).toMatchObject(all)
				}
				for (const value of NUMBERS) {
					const text = JSON.stringify({ scope, value })
					const answer = await request('POST', `/key_${type}?by=scope,value`, { text, key: fresh('key') })
					expect(answer).toMatchObject({ status: 422, body: refused })
					const call = getOrCreate(wideDatabase(), typed[type].key, { scope, value })
					await expect(call).rejects.toMatchObject({ faults: [{ pointer: '/value' }] })
				}
			})
		},
	)

	describe.each(['uuid', 'string', 'namedJson', 'fingerprint'] as const)('%s', (type) => {
		it('holds numbers beside text, each as it was sent', async () => {
			const scope = fresh('mixed')
			const sent = [
				'1',
				'"a"',
				'1.5',
				'"1,5"',
				'5e-324',
				'1e21',
				'"x"',
				'9007199254740991',
				'"9007199254740993"',
				'0',
			]
			const rows = sent.map((value) => `{"scope":"${scope}","value":${value},"note":null}`)
			const path = `/key_${type}?by=scope,value`
			for (const created of [true, false]) {
				const { body } = await request('POST', path, { text: `[${rows.join()}]` })
				const row = (json: string) => ({ scope, value: JSON.parse(json), note: null })
				expect(body).toEqual(sent.map((json) => ({ row: row(json), created })))
			}
		})

		it.each(['true', '{}', '[1]'])('holds no %s', async (json) => {
			const text = `{"name":"none","value":${json}}`
			expect(await request('POST', `/held_${type}`, { text })).toMatchObject({
				status: 422,
				body: { errors: [{ pointer: '/value' }] },
			})
		})
	})

	it.each([
		['held_double', '"9007199254740993"'],
		['held_float', '"9007199254740993"'],
		['held_money', 'true'],
		['held_float', 'false'],
		['held_decimal', '"12.50"'],
	])('%s refuses %s, of which the column would make something else', async (table, value) => {
		const text = `{"name":"${fresh('else')}","value":${value}}`
		const answer = await request('POST', `/${table}`, { text })
		expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/value' }] } })
	})

	it('an array of floats is taken, and comes back as the column keeps it', async () => {
		const name = fresh('floats')
		const text = JSON.stringify({ name, value: [1, 0.5, -2] })
		const row = { name, value: [1, 0.5, -2] }
		const made = await request('POST', '/held_floats', { text })
		expect([made.status, made.body]).toEqual([201, { row, created: true }])
		expect((await request('PUT', '/held_floats', { text })).body).toMatchObject({ updated: false })
	})

	it.each([
		['spoken', '"5"'],
		['spoken', '5'],
		['spoken', '"true"'],
		['spoken', '"\\"5\\""'],
		['spoken', '{"a":[null]}'],
		['rawBlob', '"AQID"'],
		['rawBlob', '"not base64"'],
	])('a row made by the %s %s is where its Location says', async (type, value) => {
		const row = { scope: fresh('located'), value: JSON.parse(value) as unknown, note: null }
		const made = await request('POST', `/key_${type}`, { text: JSON.stringify(row) })
		expect(made).toMatchObject({ status: 201, body: { row } })
		expect((await request('GET', made.location ?? '')).body).toEqual(row)
	})

	it('bytes of a column without a type of its own for them are bytes', async () => {
		const scope = fresh('bytes')
		await request('POST', '/key_rawBlob', { text: JSON.stringify({ scope, value: 'AQID' }) })
		const rows = await stored(typed.rawBlob.key, sql`scope = ${scope}`, 'scope')
		expect(rows).toEqual([{ type: 'blob', value: '010203' }])
	})

	it('no key in a path means another row than it says', async () => {
		const scope = fresh('near')
		const row = { scope, value: '9007199254740992', note: null }
		const made = await request('POST', '/key_money', { text: JSON.stringify(row) })
		expect(made).toMatchObject({ status: 201, body: { row } })
		expect((await request('GET', made.location ?? '')).body).toEqual(row)
		expect((await request('GET', `/key_money/${scope},9007199254740993`)).status).toBe(404)
	})
}
