import * as fc from 'fast-check'
import { FIRST_ID, LAST_CHOSEN_ID } from './tables.ts'

/** Texts that have broken something somewhere. */
const HOSTILE = [
	'',
	' ',
	'null',
	'undefined',
	'NaN',
	'true',
	'0',
	'-0',
	'1e5',
	'__proto__',
	'constructor',
	'toString',
	'hasOwnProperty',
	"' OR '1'='1",
	"'; DROP TABLE users; --",
	'" OR ""="',
	"x' UNION SELECT password FROM accounts --",
	'?1',
	'$1',
	':name',
	'%',
	'%s%n%x',
	'%00',
	'%ff',
	'a%2Fb',
	'../../etc/passwd',
	'<script>alert(1)</script>',
	'${7*7}',
	'{{7*7}}',
	'$.name',
	'$[0]',
	'[1,2]',
	'{"a":1}',
	'\\',
	'\\u0000',
	'"',
	"'",
	'`',
	'\n',
	'\r\n',
	'\t',
	'\u0000',
	'a\u0000b',
	'\u0001\u001f\u007f\u0080',
	'\u2028\u2029',
	'\ufeff',
	'\ufffd',
	'\ufffe\uffff',
	'\ud800',
	'\udc00x',
	'\ud83e',
	'\ud83e\udd8a',
	'e\u0301',
	'\u00e9',
	'I\u0307',
	'\u0130',
	'\u00df',
	'\u202eabc',
	'\u200b',
	'a\u0300'.repeat(25),
	'\u{1f98a}'.repeat(50),
	'\u{1f98a}'.repeat(51),
	'x'.repeat(50),
	'x'.repeat(51),
	'\u00e9'.repeat(150),
	'x'.repeat(151),
	'x'.repeat(5000),
]

/** Rows that are there from the start, with values that callers don't know; they are called by `canary-0` and so on. */
export const CANARIES = 50

/** Words that recur, so that rows are found, updated and in conflict. */
const recurring = fc.nat(2000).map((n) => `w${n}`)
const hostile = fc.constantFrom(...HOSTILE)

/** A text for a column, mostly one that it takes. */
export const text: fc.Arbitrary<string> = fc.oneof(
	{ arbitrary: recurring, weight: 80 },
	{ arbitrary: fc.nat(CANARIES - 1).map((n) => `canary-${n}`), weight: 2 },
	{ arbitrary: fc.tuple(recurring, hostile).map(([word, end]) => `${word}${end}`), weight: 30 },
	{ arbitrary: hostile, weight: 20 },
	{ arbitrary: fc.string({ unit: 'binary', maxLength: 60 }), weight: 20 },
)

/** A share of a length. Not fc.double, half of whose values are next to nothing. */
export const share: fc.Arbitrary<number> = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000)

/** Something, or undefined, as often as these weights say. */
export function maybe<T>(
	arbitrary: fc.Arbitrary<T>,
	there: number,
	absent: number,
): fc.Arbitrary<T | undefined> {
	return fc.oneof({ arbitrary, weight: there }, { arbitrary: fc.constant(undefined), weight: absent })
}

/** Names where a column's is wanted. */
export const strangeName: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom(
		'__proto__',
		'constructor',
		'prototype',
		'toString',
		'valueOf',
		'toJSON',
		'then',
		'password',
		'last_login',
		'is_superuser',
		'rowid',
		'ID',
		'Name',
		' name',
		'name ',
		'name[]',
		'name.x',
		'a/b~c~1',
		'',
		'0',
		'-1',
		"name'); DROP TABLE users; --",
		'users.name',
		'"name"',
		'*',
	),
	hostile,
	fc.string({ unit: 'binary', maxLength: 80 }),
)

const NUMBERS = [
	'0',
	'-0',
	'1',
	'-1',
	'1.0',
	'10e-1',
	'1.5',
	'-0.0',
	'1e400',
	'-1e400',
	'1e-400',
	'2147483648',
	'9007199254740991',
	'-9007199254740991',
	'9007199254740992',
	'9007199254740993',
	'9223372036854775807',
	'9223372036854775808',
	'1'.repeat(400),
	`0.${'3'.repeat(400)}`,
	String(LAST_CHOSEN_ID),
	String(LAST_CHOSEN_ID + 1),
	// No JSON:
	'01',
	'+1',
	'.5',
	'1.',
	'0x10',
	'1n',
	'NaN',
	'-Infinity',
	'1_000',
]

const TIMES = [
	'2026-01-31T12:00:00Z',
	'2026-01-31T12:00:00.999Z',
	'2026-01-31T12:00:00.123456789+05:30',
	'2024-02-29T00:00:00-00:00',
	'2023-02-29T00:00:00Z',
	'2026-02-30T00:00:00Z',
	'2026-13-01T00:00:00Z',
	'2026-00-10T00:00:00Z',
	'1969-12-31T23:59:59.5Z',
	'0000-01-01T00:00:00Z',
	'0000-01-01T00:00:00+23:59',
	'0001-01-01T00:00:00Z',
	'9999-12-31T23:59:59Z',
	'9999-12-31T23:59:59-23:59',
	'2026-01-01T24:00:00Z',
	'2026-01-01T23:59:60Z',
	'2026-01-01T00:60:00Z',
	'2026-01-01T00:00:00+24:00',
	'2026-01-01T00:00:00+23:60',
	'2026-01-01T00:00:00',
	'2026-01-01',
	'2026-01-01 00:00:00Z',
	'2026-01-01t00:00:00z',
	'+002026-01-01T00:00:00Z',
	'-000001-01-01T00:00:00Z',
	'2026-01-01T00:00:00Z\n',
	'yesterday',
]

/** A text as JSON: as it is usually written, or with every character escaped. */
function quoted(value: string, isEscaped: boolean): string {
	if (!isEscaped) return JSON.stringify(value)
	const units = Array.from({ length: value.length }, (_, i) =>
		value.charCodeAt(i).toString(16).padStart(4, '0'),
	)
	return `"${units.map((unit) => `\\u${unit}`).join('')}"`
}

const deep = fc
	.tuple(fc.constantFrom(2, 101, 3000), fc.constantFrom(['[', ']'], ['{"a":', '}']))
	.map(([depth, [open = '', close = '']]) => `${open.repeat(depth)}1${close.repeat(depth)}`)

const textSource = fc
	.tuple(text, fc.integer({ min: 0, max: 3 }))
	.map(([value, style]) => quoted(value, style === 0))
const idSource = fc.oneof(
	fc.integer({ min: -300, max: -1 }).map(String),
	fc.constantFrom(...NUMBERS, String(FIRST_ID)),
)
const timeSource = fc.constantFrom('null', ...TIMES.map((time) => JSON.stringify(time)))
const booleanSource = fc.constantFrom('true', 'false')

/** JSON of any type, or nearly JSON. */
export const anySource: fc.Arbitrary<string> = fc.oneof(
	textSource,
	idSource,
	timeSource,
	booleanSource,
	deep,
	fc.constantFrom(
		'null',
		'{}',
		'[]',
		'""',
		'[null]',
		'{"$ne":null}',
		'undefined',
		"'x'",
		'"\n"',
		'"\\x"',
		'"',
	),
	fc.json({ maxDepth: 3 }),
)

const SOURCES: Record<string, fc.Arbitrary<string>> = {
	id: idSource,
	name: textSource,
	email: textSource,
	username: textSource,
	lastLogin: timeSource,
	isSuperuser: booleanSource,
}

/** JSON for a column: mostly of its type. */
export function sourceFor(column: string): fc.Arbitrary<string> {
	const right = SOURCES[column] ?? anySource
	return fc.oneof({ arbitrary: right, weight: 12 }, { arbitrary: anySource, weight: 1 })
}
