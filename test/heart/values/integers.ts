import { describe, expect, it } from 'vitest'
import { getOrCreate } from '../../../src/get-or-create'
import { fresh } from '../../support/service'
import { KEY_WAYS, keys, readsKeys } from './support/keys'
import { request, wideDatabase } from './support/request'
import { type TypeName, typed } from './support/tables'
import { SINGLE, storedByDrizzle, type Value, WAYS, writes } from './support/ways'

const INTEGERS = [
	'-9223372036854775808',
	'-9223372036854775807',
	'9223372036854775806',
	'9223372036854775807',
	'-9007199254740993',
	'-9007199254740992',
	'9007199254740991',
	'9007199254740992',
	'9007199254740993',
	'1152921504606846977',
	'0',
	'-1',
	'7',
]
const BEYOND = ['9223372036854775808', '9223372036854775809', '-9223372036854775809', `1${'0'.repeat(30)}`]
const stored = INTEGERS.map((value) => ({ type: 'integer', value }))

/** Without a mapper the small ones are numbers. */
const valueOf =
	(type: TypeName) =>
	(digits: string): Value => {
		const told = type === 'bigint' && Number.isSafeInteger(Number(digits)) ? Number(digits) : digits
		return { json: JSON.stringify(told), drizzle: BigInt(digits), told, text: digits }
	}

export function integers(): void {
	describe.each(['bigNumeric', 'bigInteger', 'bigint'] as const)('of 64 bits, of the type %s', (type) => {
		const values = INTEGERS.map(valueOf(type))

		it.each([...WAYS, SINGLE])('are stored as they were sent, and found: %s', async (way) => {
			expect(await writes(type, way, values)).toEqual(stored)
		})

		it('are stored as plain Drizzle stores them', async () => {
			expect(await storedByDrizzle(type, values)).toEqual(stored)
		})

		it.each(KEY_WAYS)('tell rows apart, and find them: %s', async (way) => {
			expect(await keys(type, way, values)).toEqual(stored)
		})

		it('are read by, in a path and in a query', async () => {
			expect(await readsKeys(type, values)).toEqual(values.map(({ told }) => told))
		})

		it.each(BEYOND)('are no wider: %s is refused, and nothing is changed', async (digits) => {
			const refused = { status: 422, body: { errors: [{ pointer: '/value' }] } }
			const name = fresh('wide')
			const last = { scope: name, value: '9223372036854775807', note: 'kept' }
			const path = `/key_${type}`
			await request('POST', path, { text: JSON.stringify(last) })
			const beyond = { scope: name, value: digits, note: 'changed' }
			const text = JSON.stringify(beyond)
			expect(
				await request('POST', `/held_${type}`, { text: JSON.stringify({ name, value: digits }) }),
			).toMatchObject(refused)
			expect(await request('POST', `${path}?by=scope,value`, { text })).toMatchObject(refused)
			expect(await request('PUT', path, { text, key: name })).toMatchObject(refused)
			const { body } = await request('PUT', path, { text: JSON.stringify([beyond, last, beyond]) })
			expect(body).toMatchObject([
				{ problem: { status: 422 } },
				{ row: last, created: false, updated: false },
				{ problem: { status: 422 } },
			])
			expect((await request('GET', `${path}/${name},${digits}`)).status).toBe(404)
			expect([404, 422]).toContain((await request('GET', `${path}?scope=${name}&value=${digits}`)).status)
			expect((await request('GET', `/held_${type}/${name}`)).status).toBe(404)
			const call = getOrCreate(wideDatabase(), typed[type].key, { scope: name, value: BigInt(digits) })
			await expect(call).rejects.toMatchObject({ faults: [{ pointer: '/value' }] })
			expect((await request('GET', `${path}/${name},${last.value}`)).body).toEqual(last)
		})
	})

	it.each(['9007199254740992', '9007199254740993', '-9007199254740992', '1e16', '1e400', '1.5', '"1"'])(
		'of JavaScript are no others: %s is refused',
		async (json) => {
			const name = JSON.stringify(fresh('unsafe'))
			const refused = { status: 422, body: { errors: [{ pointer: '/value' }] } }
			const rows = `[{"name":${name},"value":${json}},{"name":${name},"value":1}]`
			expect(
				await request('PUT', '/held_integer', { text: `{"name":${name},"value":${json}}` }),
			).toMatchObject(refused)
			expect((await request('POST', '/held_integer', { text: rows })).body).toMatchObject([
				{ problem: refused.body },
				{ row: { value: 1 }, created: true },
			])
			const key = `{"scope":${name},"value":${json}}`
			expect(await request('POST', '/key_integer', { text: key })).toMatchObject(refused)
		},
	)

	it.each(['9007199254740991', '-9007199254740991', '1e3', '5.0', '-0'])(
		'of JavaScript: %s',
		async (json) => {
			const value = Number(json) + 0
			const sent: Value = { json, drizzle: value, told: value }
			for (const way of WAYS) {
				expect(await writes('integer', way, [sent])).toEqual([{ type: 'integer', value: String(value) }])
			}
		},
	)
}
