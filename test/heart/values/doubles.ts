import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KEY_WAYS, keys, readsKeys } from './support/keys'
import { request, type Stored } from './support/request'
import type { TypeName } from './support/tables'
import { SINGLE, storedByDrizzle, type Value, WAYS, writes } from './support/ways'

const REALS = ['real', 'double', 'float'] as const
/** A whole number of 64 bits is an integer in these. */
const NUMERICS = ['number', 'decimal', 'money', 'fingerprint'] as const
const TYPES = [...REALS, ...NUMERICS]

const NOTABLE = [
	0,
	1,
	-1,
	0.1,
	0.2,
	0.1 + 0.2,
	1 / 3,
	4.35,
	1.005,
	0.11657,
	13.60846,
	465.6231302980772,
	1152921504606846976,
	Number('1732500000123456789'),
	123456789012345680,
	1e15,
	1e16,
	1e21,
	1e22,
	1e23,
	1e-7,
	5e-324,
	-5e-324,
	2.2250738585072014e-308,
	2.225073858507201e-308,
	2.5e-10,
	9.109383713928e-31,
	Number.MAX_VALUE,
	-Number.MAX_VALUE,
	0.1234567890123456,
	Number('12345678901234.567'),
	999999999999999.9,
	2 ** 53,
	2 ** 53 - 1,
	2 ** 53 + 2,
	-(2 ** 53),
	-(2 ** 53) - 2,
	2 ** 64,
	2 ** 63,
	-(2 ** 63),
	2 ** 63 - 1024,
	2 ** 63 + 2048,
	-(2 ** 63) - 2048,
]
const POWERS = [
	...Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074)),
	...Array.from({ length: 632 }, (_, i) => Number(`1e${i - 323}`)),
	...Array.from({ length: 632 }, (_, i) => -Number(`1e${i - 323}`)),
]
/** What SQLite itself reads otherwise, as text: Drizzle sends these columns text. */
const READ_OTHERWISE = [
	0.11657,
	13.60846,
	465.6231302980772,
	1152921504606846976,
	Number('1732500000123456789'),
	2 ** 63 - 1024,
]

const isNumeric = (type: TypeName) => NUMERICS.some((each) => each === type)
const isInteger = (value: number) => Number.isInteger(value) && Math.abs(value) < 2 ** 63
const isWide = (value: number) => isInteger(value) && !Number.isSafeInteger(value)

const valueOf =
	(type: TypeName) =>
	(value: number): Value => {
		// Nothing tells of the user's own types that a whole number of 64 bits was a double.
		const told = isWide(value) && isNumeric(type) && type !== 'number' ? String(BigInt(value)) : value + 0
		return { json: JSON.stringify(value), drizzle: value, told, text: String(told) }
	}

/** As SQLite tells it. It knows no -0. */
const storedAs = (type: TypeName) => (value: number) =>
	isInteger(value) && isNumeric(type)
		? { type: 'integer', value: String(BigInt(value)) }
		: { type: 'real', value: value + 0 }

/** What Drizzle can write into a column as it is. */
const writtenBy = (type: TypeName, way: string, values: readonly number[]) =>
	type === 'number' && way === 'plain Drizzle'
		? values.filter((value) => !READ_OTHERWISE.includes(value))
		: values

const ROWS = 500
function chunks<T>(values: readonly T[]): T[][] {
	const count = Math.ceil(values.length / ROWS)
	return Array.from({ length: count }, (_, i) => values.slice(i * ROWS, (i + 1) * ROWS))
}

const patterns = fc
	.bigInt({ min: 0n, max: 2n ** 64n - 1n })
	.map((bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0)
	.filter((value) => Number.isFinite(value) && value !== 0)
const random = fc.uniqueArray(patterns, { minLength: ROWS, maxLength: ROWS })

type Check = typeof writes

/** What is stored of all the values, which go in arrays of hundreds, and what it has to be. */
async function storing(check: Check, type: TypeName, values: readonly number[], way = 'an array') {
	const stored: Stored[] = []
	for (const chunk of chunks(values)) stored.push(...(await check(type, way, chunk.map(valueOf(type)))))
	return { stored, expected: values.map(storedAs(type)) }
}

export function doubles(): void {
	describe.each(TYPES)('in a column of the type %s', (type) => {
		it.each(WAYS)('are stored as they were sent, and found: %s', async (way) => {
			const { stored, expected } = await storing(writes, type, writtenBy(type, way, [...NOTABLE, -0]), way)
			expect(stored).toEqual(expected)
		})

		it('are stored as they were sent, and found: one by one', async () => {
			const { stored, expected } = await storing(
				writes,
				type,
				[0.11657, 1152921504606846976, 5e-324, -Number.MAX_VALUE, -0, 1e21],
				SINGLE,
			)
			expect(stored).toEqual(expected)
		})

		it('are stored as plain Drizzle stores them', async () => {
			const values = writtenBy(type, 'plain Drizzle', [...NOTABLE, -0])
			expect(await storedByDrizzle(type, values.map(valueOf(type)))).toEqual(values.map(storedAs(type)))
		})

		it('are stored as they were sent, whatever their bits', async () => {
			const property = fc.asyncProperty(random, async (values) => {
				const { stored, expected } = await storing(writes, type, values)
				expect(stored).toEqual(expected)
			})
			await fc.assert(property, { numRuns: 2, endOnFailure: true })
		})
	})

	describe.each(TYPES)('in a key of the type %s', (type) => {
		it.each(KEY_WAYS)('tell rows apart, and find them: %s', async (way) => {
			const { stored, expected } = await storing(keys, type, writtenBy(type, way, NOTABLE), way)
			expect(stored).toEqual(expected)
		})

		it('are read by, in a path and in a query, and make a row once under an Idempotency-Key', async () => {
			const values = NOTABLE.map(valueOf(type))
			expect(await readsKeys(type, values)).toEqual(values.map(({ told }) => told))
		})

		it('tell rows apart, whatever their bits', async () => {
			const property = fc.asyncProperty(random, async (values) => {
				const { stored, expected } = await storing(keys, type, values)
				expect(stored).toEqual(expected)
			})
			await fc.assert(property, { numRuns: 1, endOnFailure: true })
		})
	})

	describe.each(['real', 'number', 'decimal'] as const)('all powers of 2 and 10, of the type %s', (type) => {
		it('are stored as they were sent', async () => {
			const { stored, expected } = await storing(writes, type, POWERS)
			expect(stored).toEqual(expected)
		})

		it('tell rows apart', async () => {
			const { stored, expected } = await storing(keys, type, [...new Set(POWERS)])
			expect(stored).toEqual(expected)
		})
	})

	describe.each(TYPES)('of the type %s', (type) => {
		it.each(['1e400', '-1e400', '[1]', '{}'])('refuse %s', async (json) => {
			const text = `{"name":"infinite","value":${json}}`
			expect(await request('POST', `/held_${type}`, { text })).toMatchObject({
				status: 422,
				body: { errors: [{ pointer: '/value' }] },
			})
			expect((await request('GET', `/held_${type}/infinite`)).status).toBe(404)
		})

		it('are one key in every spelling of one array, of which the last wins', async () => {
			const spellings = ['12', '12.0', '1.2e1', '120E-1', '0.12e+2']
			const rows = spellings.map((json, note) => `{"scope":"spelled","value":${json},"note":"${note}"}`)
			const { body } = await request('PUT', `/key_${type}`, { text: `[${rows.join()}]` })
			const answers = spellings.map((_, note) => ({
				row: { scope: 'spelled', value: 12, note: String(note) },
				created: note === 0,
				updated: note > 0,
			}))
			expect(body).toEqual(answers)
			const found = await request('GET', `/key_${type}/spelled,1.2e1`)
			expect(found.body).toEqual({ scope: 'spelled', value: 12, note: '4' })
		})
	})

	it.each([
		['1e21', ['1e21', '1E21', '1e%2B21', '1000000000000000000000']],
		['1e-7', ['1e-7', '1.0e-7', '1E-7', '0.0000001']],
		['5e-324', ['5e-324', '4.9e-324']],
		['0', ['0', '-0', '0.0']],
	])('alone as a primary key: %s is read by %j and replays under an Idempotency-Key', async (json, paths) => {
		for (const type of [...REALS, 'number'] as const) {
			const text = `{"value":${json},"note":"n"}`
			const first = await request('POST', `/sole_${type}?by=value`, { text, key: json })
			expect([first.status, first.body]).toEqual([
				201,
				{ row: { value: Number(json), note: 'n' }, created: true },
			])
			expect(await request('POST', `/sole_${type}?by=value`, { text, key: json })).toEqual({
				...first,
				replayed: true,
			})
			for (const path of paths) {
				expect((await request('GET', `/sole_${type}/${path}`)).body).toEqual({
					value: Number(json),
					note: 'n',
				})
			}
		}
	})
}
