import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { locationOf } from '../../src/service/http/location'
import { resource } from '../../src/service/resource'
import { serve } from '../support/app'
import { context } from '../support/context'
import * as tables from '../support/key-tables'
import { fresh } from '../support/service'

const { longKeys, ...others } = tables
const app = serve([
	...Object.values(others).map((table) => resource(table)),
	resource(longKeys, { hidden: ['secret'] }),
])

async function send(path: string, row?: object): Promise<Response> {
	const headers = { authorization: 'Bearer first-token', 'content-type': 'application/json' }
	const init = row === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(row) }
	return await app.request(path, init, env, context)
}

/** Makes the row and follows its Location, as a client's URL has it. */
async function follow(table: string, row: object): Promise<string | null> {
	const made = await send(`/${table}`, row)
	const answer = await made.json<{ row: object }>()
	expect([made.status, answer]).toEqual([201, { row: answer.row, created: true }])
	const location = made.headers.get('location')
	if (location === null) return null
	const { pathname, search } = new URL(location, 'https://service.test')
	const found = await send(pathname + search)
	expect([location, found.status, await found.json()]).toEqual([location, 200, answer.row])
	return location
}

const WORDS = [
	'',
	'.',
	'..',
	'...',
	'%2e',
	'%2E%2e',
	'.,.',
	'a,b',
	',',
	'/',
	'a/b',
	'/a/',
	'\\',
	'%',
	'%25',
	'100%',
	'a+b',
	' ',
	' a b ',
	'"a"',
	"it's",
	'`',
	'<>',
	'{id}',
	':key',
	'*',
	'?a=1&b=2',
	'#1',
	';v=1',
	'~!$&()=@[]^|',
	'null',
	'1',
	'1e3',
	'\n',
	'\r\n',
	'\t',
	'\u007f',
	'\u0085',
	'\u2028',
	'\ufeff',
	'é',
	'e\u0301',
	'🦊',
	'👩‍👩‍👧',
	'constructor',
	'__proto__',
]

/** Ones that a segment of a path can't be. */
const DOTS = ['', '.', '..']

describe('Location leads back to the row', () => {
	it.each(WORDS)('with the text %j as its key', async (word) => {
		const location = await follow('word_keys', { word })
		const query = `/word_keys?word=${encodeURIComponent(word)}`
		expect(location).toBe(DOTS.includes(word) ? query : `/word_keys/${encodeURIComponent(word)}`)
	})

	it.each(WORDS)('with the text %j in a key of two columns', async (word) => {
		for (const pair of [
			{ first: word, second: 'x' },
			{ first: 'y', second: word },
			{ first: word, second: word },
		]) {
			const segment = Object.values(pair).map(encodeURIComponent).join(',')
			expect(await follow('word_pairs', pair)).toBe(`/word_pairs/${segment}`)
		}
	})

	it.each([0, 1, -1, 0.1, -2.5, 123456789.125, 2 ** 53, 1e20])('with the number %d', async (ratio) => {
		expect(await follow('real_keys', { ratio })).toBe(`/real_keys/${ratio}`)
		expect(await follow('numeric_keys', { size: ratio })).toBe(`/numeric_keys/${ratio}`)
	})

	it.each([1e-7, -1e-7, 5e-324, 1e21, -1e21, 1.7976931348623157e308])(
		'with the number %d, which has an exponent',
		async (ratio) => {
			expect(await follow('real_keys', { ratio })).toBe(`/real_keys/${String(ratio).replace('+', '')}`)
			expect(await follow('numeric_keys', { size: ratio })).not.toBeNull()
		},
	)

	it.each(['0', '12.5', '-3', '9007199254740991'])('with the decimal %s', async (amount) => {
		expect(await follow('decimal_keys', { amount })).toBe(`/decimal_keys/${amount}`)
	})

	it.each(['0', '-1', '123456789012345678901234567890'])('with the big integer %s', async (big) => {
		expect(await follow('big_keys', { big })).toBe(`/big_keys/${big}`)
	})

	it.each(['', 'AA==', '+/+/', '////', 'Pz8/Pg=='])('with the bytes %s', async (hash) => {
		const [path, query] = [`/bytes_keys/${encodeURIComponent(hash)}`, '/bytes_keys?hash=']
		expect(await follow('bytes_keys', { hash })).toBe(hash === '' ? query : path)
	})

	it.each([
		['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.000Z', true],
		['2026-01-02T03:04:05+05:30', '1969-12-31T23:59:59.000Z', false],
		['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.000Z', false],
	])('with the time %s and a boolean', async (at, day, on) => {
		const location = await follow('timed_flags', { at, day, on })
		expect(location).toBe(`/timed_flags/${encodeURIComponent(new Date(at).toJSON())},${on}`)
	})

	it('with JSON, as JSON text', async () => {
		const value = { b: [1, fresh('é/+')], a: true }
		const location = (await send('/json_keys', { value })).headers.get('location')
		expect(location).toBe(`/json_keys?${new URLSearchParams({ value: JSON.stringify(value) })}`)
	})

	it.each([[{ a: [1, null, 'é/+&'] }], [[]], [true], [0], ['text'], ['"'], ['1']])(
		'with the JSON %j',
		async (value) => {
			expect(await follow('json_keys', { value })).not.toBeNull()
		},
	)
})

describe('a key that is too long for a URL', () => {
	const long = () => `${fresh('слово')}${'ж'.repeat(2700)}`
	const short = () => ({ team: fresh('t'), digest: fresh('d'), turn: 7 })

	it('leaves Location out where the row has no other', async () => {
		expect(await follow('word_keys', { word: long() })).toBeNull()
		expect(await follow('word_pairs', { first: long(), second: 'x' })).toBeNull()
	})

	it('gives way to another key, without a null and not hidden', async () => {
		const row = short()
		const location = await follow('long_keys', { body: long(), ...row })
		expect(location).toBe(`/long_keys?digest=${row.digest}&turn=7`)
		expect(await follow('long_keys', { body: long(), ...short(), digest: long() })).toBeNull()
	})

	it('gives way to no key that has a null in this row', () => {
		const served = resource(longKeys, { hidden: ['secret'] })
		const withNullable = { ...served, keys: served.info.keys }
		const row = { body: 'ж'.repeat(2700), team: 't', digest: 'ж'.repeat(2700), turn: 7 }
		expect(locationOf(withNullable, { ...row, seat: null }, '')).toBeUndefined()
		expect(locationOf(withNullable, { ...row, seat: 1 }, '')).toBe('/long_keys?team=t&seat=1')
	})

	it('is one whose Location would have more than 2,000 bytes', async () => {
		const room = 2000 - '/word_keys/'.length
		for (const [letter, width] of [
			['x', 1],
			['ж', 6],
		] as const) {
			const count = Math.floor(room / width)
			const prefix = 'x'.repeat(room - count * width)
			const longest = prefix + letter.repeat(count)
			expect(await follow('word_keys', { word: longest })).toHaveLength(2000)
			expect(await follow('word_keys', { word: `${longest}y` })).toBeNull()
		}
	})

	it('is looked up in the body all the same', async () => {
		const word = long()
		await follow('word_keys', { word })
		const again = await send('/word_keys?by=word', { word })
		expect([again.status, await again.json()]).toEqual([200, { row: { word, label: null }, created: false }])
	})
})

describe('a segment of a key of several columns', () => {
	it('may have its commas encoded too, as many clients do', async () => {
		const first = fresh('comma')
		await follow('word_pairs', { first, second: 'x/y' })
		for (const path of [`${first},x%2Fy`, `${first}%2Cx%2Fy`, `${first}%2cx%2fy`]) {
			expect((await send(`/word_pairs/${path}`)).status).toBe(200)
		}
		await follow('word_pairs', { first: `${first},a`, second: 'x' })
		expect((await send(`/word_pairs/${first}%2Ca,x`)).status).toBe(200)
		expect((await send(`/word_pairs/${first}%2Ca%2Cx`)).status).toBe(404)
	})
})
