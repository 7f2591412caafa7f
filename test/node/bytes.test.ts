import { createHash } from 'node:crypto'
import { hexToBytes as bytesOfHex, bytesToHex as hexOf } from '@noble/hashes/utils.js'
import { customType, sqliteTable } from 'drizzle-orm/sqlite-core'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { base64Of, bytesOfBase64 } from '../../src/database/bytes'
import { fingerprintOf } from '../../src/get-or-create/idempotency'
import { tableInfo } from '../../src/get-or-create/table'
import { samples } from '../support/schema'

const arrays = fc.uint8Array({ maxLength: 70 })

describe('bytes as text', () => {
	it('are what Node makes of them, and come back', () => {
		fc.assert(
			fc.property(arrays, (bytes) => {
				const node = Buffer.from(bytes)
				expect([hexOf(bytes), base64Of(bytes)]).toEqual([node.toString('hex'), node.toString('base64')])
				expect(bytesOfHex(hexOf(bytes))).toEqual(bytes)
				expect(bytesOfHex(hexOf(bytes).toUpperCase())).toEqual(bytes)
				expect(bytesOfBase64(base64Of(bytes))).toEqual(bytes)
				expect(bytesOfBase64(base64Of(bytes).replaceAll('=', ''))).toEqual(bytes)
			}),
		)
	})

	it('are every byte, at every place, however many', () => {
		const bytes = Uint8Array.from({ length: 1_000_003 }, (_, i) => (i * 167 + (i >> 8)) & 255)
		const node = Buffer.from(bytes)
		expect(hexOf(bytes) === node.toString('hex')).toBe(true)
		expect(base64Of(bytes) === node.toString('base64')).toBe(true)
		expect(Buffer.compare(bytesOfHex(hexOf(bytes)), bytes)).toBe(0)
		expect(Buffer.compare(bytesOfBase64(base64Of(bytes)), bytes)).toBe(0)
	})

	it('are of the part that an array shows of its memory', () => {
		const part = new Uint8Array([9, 1, 2, 9]).subarray(1, 3)
		expect([hexOf(part), base64Of(part)]).toEqual(['0102', 'AQI='])
	})

	it('ends in bits that mean nothing, as others write it', () => {
		expect(bytesOfBase64('AB==')).toEqual(new Uint8Array([0]))
		expect(bytesOfBase64('AAB=')).toEqual(new Uint8Array([0, 0]))
	})
})

describe('the fingerprint of a request', () => {
	it('is the one that is kept since the first of them', () => {
		const key = { key: 'k', position: 0, request: 'row' as const }
		expect(fingerprintOf('["form"]', ['"é 😀"', '1'], key)).toBe(
			createHash('sha256').update('row ["form"] "é 😀",1').digest('base64'),
		)
		expect(fingerprintOf('[]', [], { ...key, request: 'rows' })).toBe(
			createHash('sha256').update('rows [] ').digest('base64'),
		)
	})
})

describe('a runtime without Node', () => {
	afterEach(() => vi.unstubAllGlobals())

	it('has the same values of bytes', () => {
		const { bytes, packed, big } = columns()
		const values = { bytes: new Uint8Array([0, 255]), packed: { é: [1] }, big: -(2n ** 70n) }
		const withNode = [bytes, packed, big].map(({ codec, property }) =>
			codec.encode(values[property as keyof typeof values]),
		)
		vi.stubGlobal('Buffer', undefined)
		for (const [place, { codec, property }] of [bytes, packed, big].entries()) {
			const value = values[property as keyof typeof values]
			const cell = codec.encode(value)
			expect(cell).toBe(withNode[place])
			expect(codec.read(codec.ofJson(JSON.parse(String(cell))))).toEqual(value)
		}
		expect(bytes.codec.parse('AP8=')).toEqual(values.bytes)
		expect(bytes.codec.present(values.bytes)).toBe('AP8=')
	})

	it('is no reason to hand mappers anything else where Node is there', () => {
		const hex = customType<{ data: string; driverData: Buffer }>({
			dataType: () => 'blob',
			fromDriver: (value) => value.toString('hex'),
			toDriver: (value) => Buffer.from(value, 'hex'),
		})
		const [column] = tableInfo(sqliteTable('hexes', { id: hex().primaryKey() })).columns
		expect(column?.codec.encode('00ff')).toBe('[["00ff"]]')
		expect(column?.codec.read(new Uint8Array([0, 255]).buffer)).toBe('00ff')
		expect(Buffer.isBuffer(columns().bytes.codec.parse('AP8='))).toBe(true)
	})
})

function columns() {
	const named = (name: string) => {
		const found = tableInfo(samples).columns.find(({ property }) => property === name)
		if (!found) throw new Error(`no column ${name}`)
		return found
	}
	return { bytes: named('bytes'), packed: named('packed'), big: named('big') }
}
