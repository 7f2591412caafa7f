import * as fc from 'fast-check'
import { bodyFor } from './bodies.ts'
import type { Case } from './case.ts'
import { FIRST_ID, TABLES } from './tables.ts'
import { maybe, share, strangeName, text } from './values.ts'

type Header = [name: string, value: string]

const TABLE_NAMES = Object.keys(TABLES)
const table = fc.constantFrom(...TABLE_NAMES)

const BROKEN = ['%', '%2', '%zz', '%ff', '%c0%80', '%ed%a0%80', '%00', '%u0041', '%25', '+']

/** Percent-encoding as usual, of everything, of nothing that need not be, or broken. */
function encoded(values: fc.Arbitrary<string>): fc.Arbitrary<string> {
	const styles = fc.oneof(
		{ arbitrary: fc.constantFrom('usual', 'whole', 'bare'), weight: 12 },
		{ arbitrary: fc.constantFrom(...BROKEN), weight: 1 },
	)
	return fc.tuple(values, styles).map(([value, style]) => {
		const well = value.toWellFormed()
		switch (style) {
			case 'usual':
				return encodeURIComponent(well)
			case 'whole':
				return Array.from(Buffer.from(well), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
			case 'bare':
				return well.replaceAll(/[^!$'()*,;:@/?\w.~-]/gu, encodeURIComponent)
			default:
				return style
		}
	})
}

function columnsOf(name: string): fc.Arbitrary<string> {
	const columns = Object.keys(TABLES[name]?.columns ?? {})
	const listed = fc
		.array(fc.constantFrom(...columns), { minLength: 1, maxLength: 3 })
		.map((names) => names.join(','))
	return fc.oneof(
		{ arbitrary: fc.constantFrom(...(TABLES[name]?.keys ?? [])), weight: 8 },
		{ arbitrary: listed, weight: 4 },
		{ arbitrary: strangeName, weight: 1 },
		{ arbitrary: fc.constantFrom('', ',', 'name,', ',email', 'name, email', 'name;email', '*'), weight: 1 },
	)
}

const pair = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
	fc
		.tuple(encoded(name), encoded(value), fc.integer({ min: 0, max: 20 }))
		.map(([left, right, n]) => (n === 0 ? left : `${left}=${right}`))

/** A list parameter in the ways in which clients write one: with commas, repeated, with brackets. */
const SPELLINGS: ((name: string, items: string) => string[])[] = [
	(name, items) => [`${name}=${items}`],
	(name, items) => [`${name}=${items}`],
	(name, items) => items.split('%2C').map((item) => `${name}=${item}`),
	(name, items) => items.split('%2C').map((item) => `${name}[]=${item}`),
	(name, items) => items.split('%2C').map((item, i) => `${name}${i % 2 === 0 ? '%5B%5D' : ''}=${item}`),
]

/** `?by=…&update=…` as a write has it, mostly right. */
function writeQuery(name: string): fc.Arbitrary<string> {
	const spelling = fc.constantFrom(...SPELLINGS)
	const usual = fc
		.tuple(maybe(columnsOf(name), 2, 1), spelling, maybe(columnsOf(name), 1, 4), spelling)
		.map(([by, spellBy, update, spellUpdate]) =>
			[
				...(by === undefined ? [] : spellBy('by', encodeURIComponent(by.toWellFormed()))),
				...(update === undefined ? [] : spellUpdate('update', encodeURIComponent(update.toWellFormed()))),
			].join('&'),
		)
	const names = fc.oneof(
		fc.constantFrom('by', 'update', 'by[]', 'update[]', 'by[', 'by[][]', 'by[0]', '[]', 'by,', 'by[email]'),
		strangeName,
	)
	const odd = fc.array(pair(names, columnsOf(name)), { maxLength: 4 }).map((pairs) => pairs.join('&'))
	return fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: odd, weight: 1 })
}

function filterQuery(name: string): fc.Arbitrary<string> {
	const column = fc.constantFrom(...Object.keys(TABLES[name]?.columns ?? {}))
	const property = fc.oneof({ arbitrary: column, weight: 9 }, { arbitrary: strangeName, weight: 1 })
	return fc.array(pair(property, filterValue), { maxLength: 3 }).map((pairs) => pairs.join('&'))
}

/** Ids that are there, that are not, and that are none. Those that the database is about to give nobody can tell. */
const key = fc.oneof(
	fc.integer({ min: -310, max: 10 }).map(String),
	fc.constantFrom('-0', '1.0', '01', '+1', '1e3', ' 1', '1 ', '0x1', '', '1,2', ',', String(FIRST_ID)),
	fc.constantFrom(
		'9'.repeat(400),
		'9007199254740993',
		'NaN',
		'null',
		'users',
		'.',
		'..',
		'*',
		'1;x=1',
		'1:2',
	),
)
const filterValue = fc.oneof(text, key, fc.constantFrom('true', 'false', 'null', '2026-01-31T12:00:00Z'))

const OTHER_PATHS = [
	'/',
	'//',
	'/users/',
	'/users//',
	'//users',
	'/users/1/',
	'/users/1/2',
	'/Users',
	'/users.json',
	'/users;x=1',
	'/user',
	'/accounts/password',
	'/sqlite_schema',
	'/__proto__',
	'/constructor',
	'/__drizzle_migrations',
	'/healthz',
	'/openapi.json',
	'/docs',
	'/docs/',
	'/docs/scalar.js',
	'/docs/nope',
	'/race',
	'/race/race.js',
	'/race/select-then-insert/ask',
	'/problems',
	'/problems/',
	'/problems/conflict',
	'/problems/__proto__',
	'/problems/internal/x',
	'/%75sers',
	'/users%2f1',
	'/users%3Fby=name',
	'/%',
	'/%ff',
	'/%00',
	'/.env',
	'/.git/config',
	'/main.js',
	'/favicon.ico',
	'/cdn-cgi/trace',
	`/${'a/'.repeat(1000)}`,
	`/${'x'.repeat(5000)}`,
]

/** The runtime knows these; those that it doesn't, and CONNECT, it refuses itself (see framing.ts). */
const METHODS = ['DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PURGE', 'PROPFIND', 'SEARCH', 'COPY', 'LOCK']

/** Headers that say who asks, and those that may hold anything. New ones go here. */
function headersOf(token: string): fc.Arbitrary<Header[]> {
	const bearer = fc.oneof(
		{ arbitrary: fc.constant([`Bearer ${token}`]), weight: 40 },
		{
			arbitrary: fc.constantFrom<string[]>(
				[`bearer ${token}`],
				[`BEARER   ${token}`],
				[`Bearer\t${token}`],
				[`Bearer ${token} x`],
				[`Bearer ${token}=`],
				[`Bearer ${token.slice(0, -1)}`],
				[`Bearer ${token.toUpperCase()}`],
				[`Bearer${token}`],
				[`Basic ${token}`],
				[`Bearer "${token}"`],
				[`Bearer ${token},${token}`],
				[`Bearer ${token}`, `Bearer ${token}`],
				['Bearer'],
				['Bearer '],
				[''],
				[token],
				["Bearer ' OR '1'='1"],
				[`Bearer ${'x'.repeat(10_000)}`],
				['Bearer \u00ff\u00fe'],
				[],
			),
			weight: 2,
		},
	)
	const requestId = maybe(
		fc.oneof(
			fc.constantFrom(
				'abc-123_=',
				'x'.repeat(255),
				'x'.repeat(256),
				'',
				'<script>',
				'a b',
				'"},{"',
				'a\tb',
				'../x',
				'%0d%0aSet-Cookie: a=b',
				'\u00e9',
				"'; DROP TABLE users; --",
				'__proto__',
			),
			fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
		),
		1,
		5,
	)
	const idempotencyKey = maybe(
		fc.oneof(
			{
				arbitrary: fc
					.tuple(fc.constantFrom('', "'; DROP TABLE users; --", '0', '"', '\\u0000', '?1'), fc.uuid())
					.map((parts) => parts.join('')),
				weight: 4,
			},
			{
				arbitrary: fc.constantFrom('', 'x'.repeat(256), 'a\tb', '\u00e9', 'x'.repeat(9000), '\u00ff\u00fe'),
				weight: 1,
			},
		),
		1,
		4,
	)
	const other = fc.constantFrom<Header>(
		['Accept', 'text/html'],
		['Accept', '*/*;q=x'],
		['Accept-Encoding', 'gzip, br, zstd'],
		['Cookie', `session=${'x'.repeat(4000)}`],
		['Range', 'bytes=0-0'],
		['If-None-Match', '*'],
		['If-Match', '"x"'],
		['If-Modified-Since', 'never'],
		['Origin', 'https://evil.test'],
		['Access-Control-Request-Method', 'PUT'],
		['Expect', '100-continue'],
		['X-Forwarded-Host', 'evil.test'],
		['X-HTTP-Method-Override', 'DELETE'],
		['X-Request-Id', 'a-second-one'],
		['CF-Connecting-IP', "1.1.1.1' --"],
		['X-Giant', 'x'.repeat(60_000)],
		['X-Bytes', '\u00ff\u00fe\u0080'],
		['Connection', 'keep-alive, X-Request-Id'],
		['TE', 'trailers'],
		['Trailer', 'X-Request-Id'],
		['__proto__', 'x'],
		['constructor', 'x'],
	)
	const others = fc.array(other, { maxLength: 3 })
	return fc
		.tuple(
			bearer,
			requestId,
			idempotencyKey,
			fc.oneof({ arbitrary: fc.constant([]), weight: 4 }, { arbitrary: others, weight: 1 }),
		)
		.map(([authorizations, id, idempotency, rest]) => [
			...authorizations.map((value): Header => ['Authorization', value]),
			...(id === undefined ? [] : [['X-Request-Id', id] satisfies Header]),
			...(idempotency === undefined ? [] : [['Idempotency-Key', idempotency] satisfies Header]),
			...rest,
		])
}

const JSON_TYPES: Header[][] = [
	[['Content-Type', 'application/json']],
	[['content-type', 'Application/JSON; charset=utf-8']],
	[['Content-Type', 'application/json;charset=utf-16;x="a;b"']],
	[],
]
const LINE_TYPES: Header[][] = [
	[['Content-Type', 'application/x-ndjson']],
	[['Content-Type', 'application/x-ndjson ; charset=latin1']],
]
const WRONG_TYPES: Header[][] = [
	[['Content-Type', '']],
	[['Content-Type', 'text/plain']],
	[['Content-Type', 'application/jsonx']],
	[['Content-Type', 'application/ndjson']],
	[['Content-Type', 'multipart/form-data; boundary=x']],
	[['Content-Type', 'application/json, application/x-ndjson']],
	[
		['Content-Type', 'application/json'],
		['Content-Type', 'application/json'],
	],
	[['Content-Type', ';']],
	[['Content-Type', 'application/json\u00ff']],
	[
		['Content-Type', 'application/json'],
		['Content-Encoding', 'gzip'],
	],
	[['Content-Encoding', 'identity, identity']],
	[['Content-Encoding', 'Identity']],
	[['Content-Encoding', '']],
]

/** Chunks, also through the middle of characters: shares of the body, from nowhere to everywhere. */
const cutting: fc.Arbitrary<number[]> = fc.oneof(
	{ arbitrary: fc.constant<number[]>([]), weight: 6 },
	{
		arbitrary: fc.array(share, { minLength: 1, maxLength: 5 }),
		weight: 3,
	},
)

function cutsOf(shares: number[], { length }: Buffer): number[] {
	return shares.map((each) => Math.floor(each * length)).toSorted((a, b) => a - b)
}

/** A POST or PUT of rows of some type. */
function write(headers: fc.Arbitrary<Header[]>): fc.Arbitrary<Case> {
	const shapes = TABLE_NAMES.flatMap((name) => [
		{ arbitrary: writeTo(name, 'json', headers), weight: 3 },
		{ arbitrary: writeTo(name, 'ndjson', headers), weight: 1 },
	])
	return fc.oneof(...shapes)
}

function writeTo(name: string, type: 'json' | 'ndjson', headers: fc.Arbitrary<Header[]>): fc.Arbitrary<Case> {
	return fc
		.record({
			method: fc.constantFrom('POST', 'POST', 'PUT'),
			query: writeQuery(name),
			headers,
			types: fc.oneof(
				{ arbitrary: fc.constantFrom(...(type === 'json' ? JSON_TYPES : LINE_TYPES)), weight: 15 },
				{ arbitrary: fc.constantFrom(...WRONG_TYPES), weight: 1 },
			),
			body: bodyFor(name, type),
			shares: cutting,
		})
		.map(({ method, query, headers: others, types, body, shares }) => ({
			method,
			target: `/${name}${query === '' ? '' : `?${query}`}`,
			headers: [...others, ...types],
			body,
			cuts: cutsOf(shares, body),
		}))
}

function read(headers: fc.Arbitrary<Header[]>): fc.Arbitrary<Case> {
	const byKey = fc
		.tuple(table, encoded(key), fc.constantFrom('', '', '', '?', '?x=1', '?by=id', '#x', '#?x'))
		.map(([name, id, end]) => `/${name}/${id}${end}`)
	const byFilter = fc.oneof(
		...TABLE_NAMES.map((name) => filterQuery(name).map((query) => `/${name}?${query}`)),
	)
	return fc
		.tuple(fc.constantFrom('GET', 'GET', 'HEAD'), fc.oneof(byKey, byFilter), headers)
		.map(([method, target, all]) => ({ method, target, headers: all, body: Buffer.alloc(0), cuts: [] }))
}

/** Any method anywhere, with a body or without. */
function stray(headers: fc.Arbitrary<Header[]>): fc.Arbitrary<Case> {
	const target = fc.oneof(
		fc.constantFrom(...OTHER_PATHS),
		fc.tuple(table, key).map(([name, id]) => `/${name}/${encodeURIComponent(id)}`),
		strangeName.map((name) => `/${encodeURIComponent(name.toWellFormed())}`),
		fc.constantFrom('/users', '/accounts', '/users?by=name', '/accounts?x'),
	)
	const body = fc
		.constantFrom('', '', '{}', '[]', '{"name":"stray","email":"stray"}', 'x')
		.map((source) => Buffer.from(source))
	return fc
		.record({
			method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', ...METHODS),
			target,
			headers,
			types: fc.constantFrom(...JSON_TYPES, ...LINE_TYPES, ...WRONG_TYPES),
			body,
			shares: cutting,
		})
		.map(({ headers: others, types, shares, ...rest }) => ({
			...rest,
			headers: [...others, ...types],
			cuts: cutsOf(shares, rest.body),
		}))
}

/** Requests of every kind to the service, with this token where they have a right one. */
export function requests(token: string): fc.Arbitrary<Case> {
	const headers = headersOf(token)
	return fc.oneof(
		{ arbitrary: write(headers), weight: 12 },
		{ arbitrary: read(headers), weight: 4 },
		{ arbitrary: stray(headers), weight: 2 },
	)
}
