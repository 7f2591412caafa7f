import { describe, expect, it } from 'vitest'
import { Wrong } from '../../src/cli/import/stop'
import type { ColumnSchema } from '../../src/cli/import/table'
import { readingOf } from '../../src/cli/import/values'
import type { Schema } from '../../src/service/openapi/column-schema'
import { rowSchemas } from '../../src/service/openapi/row-schemas'
import { resource } from '../../src/service/resource'
import type { Json } from '../support/kinds/kind'
import { realKinds } from '../support/real-tables'

/** What a cell is read as, and what was said of it. */
function readAs(schema: ColumnSchema, text: string): { value: unknown; notes: string[] } {
	const notes: string[] = []
	const value = readingOf(schema, (note) => notes.push(note))(text)
	return { value, notes }
}

/** JSON as it stands in a cell. */
const cellOf = (json: Json) => (typeof json === 'string' ? json : JSON.stringify(json))

/** Of each table, the columns that a row may give. */
function columnsOf({ table, name, hidden = [] }: (typeof realKinds)[number]): Record<string, Schema> {
	try {
		const schemas = rowSchemas(
			resource(table(name) as never, { hidden: hidden as never }) as never,
			() => undefined,
		)
		return Object.entries(schemas).find(([key]) => key.endsWith('.Put'))?.[1].properties ?? {}
	} catch {
		return {} // It has no key, and is not served.
	}
}

describe('a cell of CSV', () => {
	it('means, in the tables of public projects, the very JSON that the service takes', () => {
		const wrong: unknown[] = []
		let cells = 0
		for (const kind of realKinds) {
			for (const [column, { type, format }] of Object.entries(columnsOf(kind))) {
				// Of which type a column with mappers of its own is nobody can tell; and empty cells are left out.
				if (type === undefined) continue
				const schema = { type, format }
				for (const json of kind.values[column] ?? []) {
					if (json === null || json === '') continue
					// Where text and numbers both are taken, the same cell may be either.
					const isEither = [type].flat().includes('number') && [type].flat().includes('string')
					// JSON in a cell has its quotes.
					const isJson = [type].flat().includes('object')
					const { value } = readAs(schema, isJson ? JSON.stringify(json) : cellOf(json))
					const expected = isEither && String(Number(json)) === json ? Number(json) : json
					cells++
					if (JSON.stringify(value) !== JSON.stringify(expected))
						wrong.push({ table: kind.name, column, json, value })
				}
			}
		}
		expect(wrong).toEqual([])
		expect(cells).toBeGreaterThan(1000)
	})

	const READ: [type: ColumnSchema, text: string, value: unknown][] = [
		...['true', 'TRUE', '1', 'yes', ' Y '].map((text): (typeof READ)[0] => [{ type: 'boolean' }, text, true]),
		...['false', '0', 'No', 'off'].map((text): (typeof READ)[0] => [{ type: 'boolean' }, text, false]),
		[{ type: ['integer', 'null'] }, '12.0', 12],
		[{ type: 'integer' }, '+7', 7],
		[{ type: 'number' }, '.5', 0.5],
		[{ type: 'number' }, '-1.5E3', -1500],
		[{ type: 'string', format: 'decimal' }, '007.50', '007.50'],
		[{ type: ['number', 'string'] }, '007', '007'],
		[{ type: ['number', 'string'] }, '12345678901234567890', '12345678901234567890'],
		[{ oneOf: [{ type: 'integer' }, { type: 'object' }] }, '12', 12],
		[{ type: 'string', format: 'date-time' }, '2026-01-31T12:00:00+01:00', '2026-01-31T12:00:00+01:00'],
		[{ type: 'string', format: 'date-time' }, '2026-01-31 12:00:00.25+01', '2026-01-31T12:00:00.25+01:00'],
		[{ type: 'string', format: 'date-time' }, '2026-01-31 12:00 -0330', '2026-01-31T12:00:00-03:30'],
		[{ type: 'string' }, ' as it is ', ' as it is '],
		[{ type: ['object', 'string'] }, '"text"', 'text'],
	]
	it.each(READ)('of %o is read: %j', (schema, text, expected) => {
		expect(readAs(schema, text)).toEqual({ value: expected, notes: [] })
	})

	it.each([
		['boolean', '', 'maybe'],
		['integer', '', '1,234'],
		['integer', '', '1.5'],
		['integer', '', '9007199254740993'],
		['number', '', '12,5'],
		['number', '', '1e999'],
		['string', 'date-time', '31/01/2026'],
		['string', 'date-time', '2026-02-30'],
		['string', 'date-time', '46053'],
		['object', '', '{a: 1}'],
	])('of %s %s is refused rather than guessed: %j', (type, format, text) => {
		const { value } = readAs({ type, format }, text)
		expect(value).toBeInstanceOf(Wrong)
		expect((value as Wrong).detail).toMatch(/^must be .*, and is "/)
	})

	it('is read with a word where it is not sure', () => {
		const date = readAs({ type: 'string', format: 'date-time' }, '2026-01-31')
		expect(date).toEqual({ value: '2026-01-31T00:00:00Z', notes: [expect.stringContaining('UTC')] })
		expect(readAs({}, '12')).toEqual({ value: '12', notes: [expect.stringContaining('--json')] })
	})
})
