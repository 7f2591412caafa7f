import * as fc from 'fast-check'
import { TABLES } from './tables.ts'
import { anySource, maybe, share, sourceFor, strangeName } from './values.ts'

const space = fc.constantFrom('', '', '', ' ', '\t', '\r')

/** The JSON of a row of a table: mostly whole and right, sometimes with strange, repeated or absent properties. */
function rowSource(table: string): fc.Arbitrary<string> {
	const columns = Object.entries(TABLES[table]?.columns ?? {})
	const properties = columns.map(([name, { required }]) =>
		maybe(
			sourceFor(name).map((value) => `${JSON.stringify(name)}:${value}`),
			required ? 15 : 1,
			required ? 1 : 2,
		),
	)
	const strange = fc.tuple(
		fc.oneof(strangeName, fc.constantFrom(...columns.map(([name]) => name))),
		anySource,
	)
	const more = fc.oneof(
		{ arbitrary: fc.constant([]), weight: 12 },
		{
			arbitrary: fc.array(
				strange.map(([name, value]) => `${JSON.stringify(name)}:${value}`),
				{ minLength: 1, maxLength: 3 },
			),
			weight: 1,
		},
	)
	return fc
		.tuple(fc.tuple(...properties), more, space, fc.boolean())
		.map(([own, others, gap, isReversed]) => {
			const all = [...own.flatMap((property) => property ?? []), ...others]
			return `{${gap}${(isReversed ? all.toReversed() : all).join(`${gap},${gap}`)}${gap}}`
		})
}

const bytes = (source: string) => Buffer.from(source, 'utf8')

function json(table: string): fc.Arbitrary<Buffer> {
	const row = rowSource(table)
	const array = fc
		.array(fc.oneof({ arbitrary: row, weight: 9 }, { arbitrary: anySource, weight: 1 }), { maxLength: 8 })
		.chain((rows) => fc.shuffledSubarray([...rows, ...rows.slice(0, 3)], { minLength: rows.length }))
		.map((rows) => `[${rows.join()}]`)
	return fc.oneof(
		{ arbitrary: row.map(bytes), weight: 60 },
		{ arbitrary: array.map(bytes), weight: 20 },
		{ arbitrary: anySource.map(bytes), weight: 4 },
		{ arbitrary: fc.constantFrom(...LARGE), weight: 1 },
	)
}

const filler = ' '.repeat(1024 * 1024)
const LARGE = [
	filler,
	`{}${filler}`,
	`{"name":"${filler}"}`,
	`[${'{},'.repeat(999)}{}]`,
	`[${'{},'.repeat(1000)}{}]`,
	'['.repeat(200_000),
	`${'['.repeat(100_000)}${']'.repeat(100_000)}`,
	`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
	`{${Array.from({ length: 2000 }, (_, i) => `"x${i}":0`).join()}}`,
].map(bytes)

const LONG_LINES = [
	`{"name":"${'x'.repeat(64 * 1024)}"}`,
	' '.repeat(64 * 1024),
	' '.repeat(64 * 1024 + 1),
	`{}${' '.repeat(64 * 1024 - 2)}`,
]

function lines(table: string): fc.Arbitrary<Buffer> {
	const line = fc.oneof(
		{ arbitrary: rowSource(table), weight: 40 },
		{ arbitrary: anySource, weight: 3 },
		{ arbitrary: fc.constantFrom('', ' ', '\r', '\t \r', '\ufeff', '[]', '[{}]', '{', '\u0000'), weight: 4 },
		{ arbitrary: fc.constantFrom(...LONG_LINES), weight: 1 },
	)
	return fc
		.tuple(
			fc.array(line, { maxLength: 12 }),
			fc.constantFrom('\n', '\r\n'),
			fc.constantFrom('', '\n', '\n\n'),
		)
		.map(([all, newline, end]) => bytes(`${all.join(newline)}${end}`))
}

/** What no UTF-8, or no JSON, may have; and what most often matters where it is put. */
const FRAGMENTS = [
	[0x00],
	[0xff],
	[0xc0, 0x80],
	[0xc3],
	[0xed, 0xa0, 0x80],
	[0xf0, 0x9f, 0xa6],
	[0xf4, 0x90, 0x80, 0x80],
	[0xef, 0xbb, 0xbf],
	[0xff, 0xfe],
	[0x0a],
	[0x0d],
	[0x22],
	[0x5c],
	[0x2c],
	[0x7b],
	[0x7d],
	[0x5b],
	[0x2f, 0x2a],
].map((fragment) => Buffer.from(fragment))

interface Mutation {
	/** Where, as a share of the body. */
	at: number
	length: number
	kind: string
	fragment: Buffer
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
	at: share,
	length: fc.nat(6),
	kind: fc.constantFrom('insert', 'insert', 'replace', 'delete', 'cut', 'repeat'),
	fragment: fc.constantFrom(...FRAGMENTS),
})

function mutated(body: Buffer, { at, length, kind, fragment }: Mutation): Buffer {
	const start = Math.floor(at * body.length)
	const before = body.subarray(0, start)
	const after = body.subarray(start + length)
	switch (kind) {
		case 'insert':
			return Buffer.concat([before, fragment, body.subarray(start)])
		case 'replace':
			return Buffer.concat([before, fragment, after])
		case 'delete':
			return Buffer.concat([before, after])
		case 'cut':
			return before
		default:
			return Buffer.concat([before, body.subarray(start, start + length), body.subarray(start)])
	}
}

/** A body for a table, of the type that it is said to be, sometimes broken. */
export function bodyFor(table: string, type: 'json' | 'ndjson'): fc.Arbitrary<Buffer> {
	const whole = type === 'json' ? json(table) : lines(table)
	const broken = fc
		.tuple(whole, fc.array(mutation, { minLength: 1, maxLength: 3 }))
		.map(([body, mutations]) => mutations.reduce(mutated, body))
	return fc.oneof(
		{ arbitrary: whole, weight: 20 },
		{ arbitrary: broken, weight: 10 },
		{ arbitrary: fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)), weight: 1 },
		{ arbitrary: fc.constant(Buffer.alloc(0)), weight: 1 },
	)
}
