import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { getOrCreate } from '../../../src/get-or-create'
import { fresh } from '../../support/service'
import { KEY_WAYS, keys } from './support/keys'
import { request, wideDatabase } from './support/request'
import { typed } from './support/tables'
import { SINGLE, storedByDrizzle, type Value, WAYS, writes } from './support/ways'

const VALUES = [
	'{"b":1,"a":{"d":[1,null,"x"],"c":true}}',
	'[]',
	'{}',
	'""',
	'"x"',
	'true',
	'false',
	'0',
	'-1.5',
	'13.60846',
	'5e-324',
	'9007199254740991',
	'"9007199254740993"',
	'{"é":"\ufeff"}',
	'{"__proto__":{"a":1}}',
	'"null"',
	'"\\ud800"',
	'"\\u0000"',
	'[[[[]]]]',
	'{"":{"":0}}',
	'{"a.b":1,"a[0]":2,"\\"":3}',
	'1e-7',
]
const valueOf = (json: string): Value => ({ json, drizzle: JSON.parse(json), told: JSON.parse(json) })

/** The same said otherwise. */
const SAME = [
	['{"b":1,"a":{"d":1,"c":[{"y":1,"x":2}]}}', '{"a":{"c":[{"x":2,"y":1}],"d":1},"b":1}'],
	['{"a":1,"b":0.5}', '{ "b" : 5e-1 , "a" : 1.0 }'],
	['{"a":0,"é":[]}', '{"\\u00e9":[],"a":-0}'],
]
const OTHER = [
	['1', '"1"'],
	['1', 'true'],
	['[1,2]', '[2,1]'],
	['[[1],[2]]', '[[2],[1]]'],
	['[]', '{}'],
	['{"a":[]}', '{"a":{}}'],
	['{"a":null}', '{}'],
	['{"a":""}', '{"a":null}'],
	['{"a.b":1}', '{"a":{"b":1}}'],
	['{"a[0]":1}', '{"a":[1]}'],
	['{"\\"":1}', '{"\\\\\\"":1}'],
	['{"é":1}', '{"e\\u0301":1}'],
	['{"a":"A"}', '{"a":"a"}'],
	['"a"', '"a "'],
	['{"a":0.1}', '{"a":0.10000000000000002}'],
	['{"a":5e-324}', '{"a":0}'],
	['13.60846', '13.608460000000001'],
	['{"a":[0.11657]}', '{"a":[0.11657000000000001]}'],
	['465.6231302980772', '465.62313029807717'],
]

const BEYOND = [
	'9007199254740993',
	'-9007199254740993',
	'{"a":[{"b":9007199254740993}]}',
	'1152921504606846977',
	'1e300',
	'1e400',
	'{"a":[-1e400]}',
	`${'['.repeat(200)}${']'.repeat(200)}`,
]

export function jsonColumns(): void {
	describe.each(['json', 'packed'] as const)('of the type %s', (type) => {
		const values = VALUES.map(valueOf)
		const path = `/held_${type}`

		it.each([...WAYS, SINGLE])('store what they were sent, as Drizzle stores it: %s', async (way) => {
			expect(await writes(type, way, values)).toEqual(await storedByDrizzle(type, values))
		})

		it.each(KEY_WAYS)('tell keys apart: %s', async (way) => {
			expect(await keys(type, way, values)).toEqual(await storedByDrizzle(type, values))
		})

		const put = async (name: string, value: string) =>
			await request('PUT', path, { text: `{"name":"${name}","value":${value}}` })
		const post = async (name: string, value: string, key?: string) =>
			await request('POST', path, {
				text: `{"name":"${name}","value":${value}}`,
				...(key === undefined ? {} : { key }),
			})

		it.each(SAME)('take %s for %s', async (one, same) => {
			const [name, key] = [fresh('json'), fresh('key')]
			const row = { name, value: JSON.parse(one) }
			const made = await post(name, one, key)
			expect([made.status, made.body]).toEqual([201, { row, created: true }])
			expect(await post(name, same, key)).toEqual({ ...made, replayed: true })
			expect((await post(name, same)).body).toEqual({ row, created: false })
			expect((await put(name, same)).body).toEqual({ row, created: false, updated: false })
			const text = `[{"name":"${name}","value":${same}},{"name":"${name}","value":${one}}]`
			expect((await request('POST', path, { text })).body).toMatchObject([
				{ created: false },
				{ created: false },
			])
			const { held } = typed[type]
			const call = await getOrCreate(wideDatabase(), held, { name, value: JSON.parse(same) })
			expect(call).toEqual({ row, created: false })
		})

		it.each(OTHER)('do not take %s for %s', async (one, other) => {
			const name = fresh('json')
			await post(name, one)
			for (const [from, to] of [
				[one, other],
				[other, one],
			] as const) {
				const row = { name, value: JSON.parse(from) }
				expect((await post(name, from)).body).toEqual({ row, created: false })
				expect(await post(name, to)).toMatchObject({ status: 409 })
				expect((await put(name, to)).body).toEqual({
					row: { name, value: JSON.parse(to) },
					created: false,
					updated: true,
				})
			}
		})

		it.each(BEYOND)('hold no %s', async (value) => {
			const name = fresh('json')
			const refused = { status: 422, body: { errors: [{ pointer: '/value' }] } }
			expect(await post(name, value)).toMatchObject(refused)
			expect(await put(name, value)).toMatchObject(refused)
			const text = `{"name":"${name}","value":${value}}\n{"name":"${name}","value":1}`
			const { body } = await request('POST', path, { text, type: 'application/x-ndjson' })
			expect(body).toMatchObject([{ problem: refused.body }, { row: { value: 1 }, created: true }])
			const key = `{"scope":"${name}","value":${value}}`
			expect(await request('POST', `/key_${type}`, { text: key })).toMatchObject(refused)
		})

		it('as a key compare bytes', async () => {
			const scope = fresh('json')
			const rows = ['{"a":1,"b":2}', '{"b":2,"a":1}', '{"a": 1.0, "b": 2}'].map(
				(value) => `{"scope":"${scope}","value":${value}}`,
			)
			const { body } = await request('POST', `/key_${type}?by=scope,value`, { text: `[${rows.join()}]` })
			expect(body).toMatchObject([{ created: true }, { created: true }, { created: false }])
		})

		it.each([
			['SQL', sql`lower('X')`],
			['SQL within', { a: [sql`lower('X')`] }],
			['SQL for null', sql`NULL`],
			['bigint', 1n],
			['NaN', Number.NaN],
			['infinity', { a: Number.POSITIVE_INFINITY }],
		])('hold no %s of TypeScript', async (_, value) => {
			const name = fresh('json')
			const call = getOrCreate(wideDatabase(), typed[type].held, { name, value })
			await expect(call).rejects.toMatchObject({ faults: [{ pointer: '/value' }] })
			expect((await request('GET', `${path}/${name}`)).status).toBe(404)
		})
	})
}
