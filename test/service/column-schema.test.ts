import { describe, expect, it } from 'vitest'
import { Wrong } from '../../src/get-or-create/codec/codec'
import { type ColumnInfo, tableInfo } from '../../src/get-or-create/table'
import { accounts, users } from '../../src/schema'
import { columnSchema } from '../../src/service/openapi/column-schema'
import { exampleValue } from '../../src/service/openapi/example-value'
import { Document } from '../support/document'
import { devices, handles, memberships, samples } from '../support/schema'

const document = new Document([])

const columns = [users, accounts, devices, handles, memberships, samples].flatMap((table) => {
	const info = tableInfo(table)
	return info.columns.map((column) => ({ name: `${info.name}.${column.property}`, column }))
})

function takes({ column, codec }: ColumnInfo, json: unknown): boolean {
	if (json === null) return !column.notNull
	const value = codec.parse(json)
	return !(value instanceof Wrong || codec.encode(value) instanceof Wrong)
}

function isUnsafe(value: unknown): boolean {
	return Number.isInteger(value) && !Number.isSafeInteger(value)
}

const OTHERS = [null, true, false, 0, -1, 1.5, 1e300, 2 ** 53, {}, { a: [1] }, [], ['x']]
const TIMES = ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5+01:00', '2026-01-31', '2026-01-31T12:00:00']
const LENGTHS = ['', 'x'.repeat(50), '🦊'.repeat(50), 'x'.repeat(51), 'x'.repeat(151)]
const TEXTS = [...TIMES, ...LENGTHS, 'x', 'owner', '12', '-12.50', '1e3']

describe('the schema of a column', () => {
	it.each(columns)('takes for $name what the service takes', ({ column }) => {
		const schema = columnSchema(column)
		// JSON Schema only notes an encoding, so that any text passes for bytes.
		const all = schema.contentEncoding ? OTHERS : [...OTHERS, ...TEXTS]
		// Nor can it tell a whole number that JavaScript rounds.
		const values = column.column.dataType === 'json' ? all.filter((value) => !isUnsafe(value)) : all
		const taken = values.filter((value) => takes(column, value))
		expect(values.filter((value) => document.faultsOf(value, schema).length === 0)).toEqual(taken)
	})

	it.each(columns)('has an example for $name that both take', ({ column }) => {
		for (const value of [exampleValue(column, 0), exampleValue(column, 1)]) {
			expect(document.faultsOf(value, columnSchema(column))).toEqual([])
			expect(takes(column, value)).toBe(true)
		}
	})
})
