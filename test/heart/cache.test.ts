import { describe, expect, it } from 'vitest'
import { Cache } from '../../src/get-or-create/cache'
import { formOf } from '../../src/get-or-create/form'
import { shapesOf } from '../../src/get-or-create/shape'
import { tableInfo } from '../../src/get-or-create/table'
import { samples } from '../support/schema'

describe('a cache', () => {
	it('makes what it gives once, and never holds more than its limit', () => {
		const cache = new Cache<object>(3)
		const made = cache.get('a', () => ({}))
		expect(cache.get('a', () => ({}))).toBe(made)
		for (let i = 0; i < 100; i++) {
			cache.get(`${i}`, () => ({}))
			expect(cache.size).toBeLessThanOrEqual(3)
		}
	})

	it('bounds the statements that callers can make it keep, by sending every set of columns that there is', () => {
		const table = tableInfo(samples)
		const optional = table.columns.filter(({ required }) => !required)
		for (let set = 0; set < 2048; set++) {
			const given = table.columns.filter((column) => column.required || set & (1 << optional.indexOf(column)))
			const row = Object.fromEntries(given.map(({ property }) => [property, 1]))
			formOf(table, { verb: 'update-or-create' }, row)
		}
		expect(shapesOf(table).size).toBeLessThanOrEqual(1000)
	})
})
