import type { CasingCache } from 'drizzle-orm/casing'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { type Codec, type Coded, codec, type Encoding } from './codec'
import { custom } from './custom'
import { json } from './json'
import { bigint, boolean, bytes, date, decimal, integer, number, plainText } from './meanings'
import { affinityOf, binaries, decimals, integers, numbers, texts } from './storage'
import { wideIntegers } from './sums'

/**
 * The codec of a column, which may be part of a unique key. A new type of column is one entry here: what its values mean,
 * and how they are stored.
 */
export function codecOf(column: SQLiteColumn, isInKey: boolean, casing: CasingCache): Codec {
	const coded: Coded = { column, isInKey, casing, affinity: affinityOf(column.getSQLType()) }
	const isBlob = coded.affinity === 'blob'
	// Drizzle writes some numbers as text, which SQLite would read inexactly.
	const itself = { toDriver: (value: unknown) => value }
	switch (column.dataType) {
		case 'string':
			return column.columnType === 'SQLiteNumeric'
				? codec(coded, decimal, decimals)
				: codec(coded, plainText(coded), texts)
		case 'number':
			return column.columnType === 'SQLiteInteger'
				? codec(coded, integer, integers)
				: codec(coded, number, numbers, itself)
		case 'bigint':
			return isBlob
				? codec(coded, bigint, binaries, inUtf8(String))
				: codec(coded, { ...bigint, isOrdered: true, sum: wideIntegers }, integers, itself)
		case 'boolean':
			return codec(coded, boolean, integers)
		case 'date':
			return codec(coded, date(coded), integers)
		case 'json':
			return isBlob ? json(coded, binaries, inUtf8(JSON.stringify)) : json(coded, texts)
		case 'buffer':
			return codec(coded, bytes, binaries, { fromDriver: (driver) => driver })
		default:
			return custom(coded)
	}
}

const utf8 = new TextEncoder()

/** What Drizzle's own mappers do by means of Node alone. */
function inUtf8(write: (value: unknown) => string | undefined): Encoding {
	return {
		toDriver: (value) => {
			const text = write(value)
			return text === undefined ? undefined : utf8.encode(text)
		},
	}
}
