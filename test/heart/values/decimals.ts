import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { getOrCreate } from '../../../src/get-or-create'
import { fresh } from '../../support/service'
import { KEY_WAYS, keys, readsKeys } from './support/keys'
import { request, type Stored, wideDatabase } from './support/request'
import { typed } from './support/tables'
import { SINGLE, storedByDrizzle, type Value, WAYS, writes } from './support/ways'

const valueOf = (text: string, told = text): Value => ({
	json: JSON.stringify(text),
	drizzle: text,
	told,
	text,
})

/** One value a line, as it is told, and otherwise spelled. */
const SPELLINGS: [told: string, ...others: string[]][] = [
	['12.5', '12.50', '+12.5', ' 12.5 ', '012.5', '1.25e1', '125e-1'],
	['1000', '1e3', '1E+3', '1000.', '1000.0', '\t1000\n'],
	['5', '+5', '5.', '5\u000b', '00005'],
	['7', ' 7 ', '\f7'],
	['0.5', '.5', '+.5', '0.50', '5e-1'],
	['0', '-0', '-0.0', '0e400', '.0'],
	['-0.001', '-.001', '-1e-3'],
]

const DIFFERENT = [
	'0.46628',
	'0.11657',
	'13.60846',
	'465.6231302980772',
	'0.30000000000000004',
	'-0.1',
	'4.35',
	'0.0005',
	'9223372036854775807',
	'-9223372036854775808',
	'9007199254740993',
	'100000000000000000000',
	'12',
]
/** What looks like no number is text. */
const TEXTS = [
	'2024-01-02',
	'2024-01-02 03:04:05',
	'hello',
	'',
	' ',
	'.',
	'1e',
	'e5',
	'0x10',
	'1_000',
	'1,5',
	'1 2',
	'Infinity',
	'NaN',
	'-inf',
	'--5',
	'\u00a05',
	'\ufeff5',
	'5\u2003',
	'٣',
	'５',
]
/** And what is kept of some that can't be kept. */
const BEYOND = [
	['12345678901234567.89', '12345678901234568'],
	['0.3000000000000000444', '0.30000000000000004'],
	['9223372036854775808', '9223372036854776000'],
	['9223372036854775809', '9223372036854776000'],
	['1e-400', '0'],
	['1e400', 'beyond'],
	['-1e999', 'beyond'],
]

/** The shortest spelling without an exponent. */
const spelled = ({ digits, places, sign }: { digits: bigint; places: number; sign: string }) => {
	const padded = String(digits).padStart(places + 1, '0')
	const fraction = padded.slice(padded.length - places).replace(/0+$/, '')
	const whole = padded.slice(0, padded.length - places)
	return `${digits === 0n ? '' : sign}${whole}${places > 0 && fraction !== '' ? `.${fraction}` : ''}`
}
const decimalsUpTo = (max: bigint, min = 0n) =>
	fc.record({
		digits: fc.bigInt({ min, max }),
		places: fc.nat({ max: 30 }),
		sign: fc.constantFrom('', '-'),
	})
const arrayOf = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 400, maxLength: 400 })

/** Drizzle has SQLite read decimals, which takes some for their neighbours. */
const READ_OTHERWISE = ['0.11657', '13.60846', '465.6231302980772', '0.46628']
const isReadOtherwise = (value: Value | undefined) => READ_OTHERWISE.some((text) => text === value?.drizzle)

const writtenBy = (way: string, values: readonly Value[]) =>
	way === 'plain Drizzle' ? values.filter((value) => !isReadOtherwise(value)) : values

/** What plain Drizzle stores, but for those. */
async function storedOf(all: readonly Value[]): Promise<Stored[]> {
	const stored = await storedByDrizzle('numeric', all)
	return stored.map((each, place) =>
		isReadOtherwise(all[place]) ? { type: 'real', value: Number(all[place]?.drizzle) } : each,
	)
}

export function decimals(): void {
	const kept = [...DIFFERENT, ...TEXTS]
	const values = kept.map((text) => valueOf(text))

	it.each([...WAYS, SINGLE])(
		'come back as they were sent, as does text that is no number: %s',
		async (way) => {
			const all = writtenBy(way, values)
			expect(await writes('numeric', way, all)).toEqual(await storedOf(all))
		},
	)

	it.each(KEY_WAYS)('tell rows apart, as does text that is no number: %s', async (way) => {
		const all = writtenBy(way, values)
		expect(await keys('numeric', way, all)).toEqual(await storedOf(all))
	})

	it('are read by, in a path and in a query', async () => {
		expect(await readsKeys('numeric', values)).toEqual(values.map(({ told }) => told))
	})

	it('of up to 15 digits come back as they were sent', async () => {
		const property = fc.asyncProperty(arrayOf(decimalsUpTo(10n ** 15n - 1n)), async (all) => {
			const rows = all.map((each) => ({ name: fresh('decimal'), value: spelled(each) }))
			const { body } = await request('POST', '/held_numeric', { text: JSON.stringify(rows) })
			expect(body).toEqual(rows.map((row) => ({ row, created: true })))
		})
		await fc.assert(property, { numRuns: 3, endOnFailure: true })
	})

	it('of more digits come back as they were sent, or are refused', async () => {
		const property = fc.asyncProperty(arrayOf(decimalsUpTo(10n ** 20n, 10n ** 14n)), async (all) => {
			const rows = all.map((each) => ({ name: fresh('decimal'), value: spelled(each) }))
			const { body } = await request('POST', '/held_numeric', { text: JSON.stringify(rows) })
			const others = (body as { row?: object; problem?: { status: number } }[]).filter(
				({ row, problem }, place) =>
					problem?.status !== 422 && JSON.stringify(row) !== JSON.stringify(rows[place]),
			)
			expect(others).toEqual([])
		})
		await fc.assert(property, { numRuns: 3, endOnFailure: true })
	})

	describe.each(SPELLINGS)('%s', (told, ...others) => {
		const all = [told, ...others].map((text) => valueOf(text, told))

		it('is stored as Drizzle stores it, however it is spelled, and sent', async () => {
			const stored = await storedByDrizzle('numeric', all)
			expect(new Set(stored.map((each) => JSON.stringify(each)))).toHaveLength(1)
			for (const way of [...WAYS, SINGLE]) expect(await writes('numeric', way, all)).toEqual(stored)
		})

		it('is one key in all spellings, of which the last wins in an array', async () => {
			const scope = fresh('spelled')
			const rows = all.map(({ drizzle: value }, note) => ({ scope, value, note: String(note) }))
			const { body } = await request('PUT', '/key_numeric', { text: JSON.stringify(rows) })
			expect(body).toEqual(
				rows.map((row, place) => ({
					row: { ...row, value: told },
					created: place === 0,
					updated: place > 0,
				})),
			)
			const last = { scope, value: told, note: String(all.length - 1) }
			for (const { text = '' } of all) {
				const query = new URLSearchParams({ scope, value: text })
				expect((await request('GET', `/key_numeric?${query}`)).body).toEqual(last)
				expect((await request('GET', `/key_numeric/${scope},${encodeURIComponent(text)}`)).body).toEqual(last)
				const row = { scope, value: text, note: last.note }
				expect(await getOrCreate(wideDatabase(), typed.numeric.key, row)).toEqual({
					row: last,
					created: false,
				})
			}
		})

		it('is the same value to an Idempotency-Key', async () => {
			const [name, key] = [fresh('spelled'), fresh('key')]
			const send = async (value: string) =>
				await request('POST', '/held_numeric', { text: JSON.stringify({ name, value }), key })
			const first = await send(told)
			expect(first).toMatchObject({ status: 201, body: { row: { value: told } } })
			for (const other of others) expect(await send(other)).toEqual({ ...first, replayed: true })
			expect((await send('12.51')).status).toBe(422)
		})
	})

	it.each(BEYOND)('that would be another number are refused: %s, which says %s', async (value, said) => {
		const name = fresh('beyond')
		const fault = { pointer: '/value', detail: expect.stringContaining(said) }
		const refused = { status: 422, body: { errors: [fault] } }
		const text = JSON.stringify({ name, value })
		expect(await request('POST', '/held_numeric', { text })).toMatchObject(refused)
		expect(await request('PUT', '/held_numeric', { text, key: name })).toMatchObject(refused)
		const key = JSON.stringify({ scope: name, value })
		expect(await request('POST', '/key_numeric?by=scope,value', { text: key })).toMatchObject(refused)
		expect((await request('GET', `/key_numeric/${name},${value}`)).status).toBe(404)
		expect((await request('GET', `/held_numeric/${name}`)).status).toBe(404)
	})
}
