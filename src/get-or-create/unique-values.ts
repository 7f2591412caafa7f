import { namedPart } from './order'
import type { Shape } from './shape'
import type { ColumnInfo } from './table'

/** A key, and where in an encoded row stand the values that the row has for it. */
interface NamedKey {
	seed: number
	parts: { column: ColumnInfo; place: number }[]
}

const named = new WeakMap<Shape, NamedKey[]>()

/**
 * A number for each unique value that an encoded row names: rows that share none of these numbers share no unique value.
 * Two values may have the same number, which costs no more than that their rows don't share a statement. Of a key
 * of which the row names a part only that part counts. Numbers and not text: V8 would look every new text up in its
 * table of strings, which took a fifth of an array's time.
 */
export function uniqueValuesOf(shape: Shape, values: readonly string[]): number[] {
	const numbers: number[] = []
	for (const { seed, parts } of namedKeysOf(shape)) {
		let hash = seed
		for (const { column, place } of parts) {
			const value = values[place] ?? 'null'
			// SQLite never lets NULL conflict with NULL.
			if (value === 'null') {
				hash = -1
				break
			}
			hash = hashed(comparable(column, value), hash)
		}
		if (hash >= 0) numbers.push(hash)
	}
	return numbers
}

/** Continues a hash (FNV-1a, 31 bits of it) over a text, as SQLite's collations see it: without case and spaces at the end. */
export function hashed(text: string, seed: number): number {
	let hash = seed
	let end = text.length
	while (end > 1 && (text[end - 1] === '"' || text[end - 1] === ' ')) end--
	for (let i = 0; i < end; i++) {
		const code = text.charCodeAt(i)
		hash = Math.imul(hash ^ (code >= 65 && code <= 90 ? code + 32 : code), 16777619)
	}
	return Math.imul(hash ^ 44, 16777619) >>> 1
}

/** Text that is equal where SQLite takes two encoded values for equal: "12.50" is the number 12.5 where the column has numbers. */
function comparable({ affinity }: ColumnInfo, json: string): string {
	if (affinity === 'text' || affinity === 'blob' || !json.startsWith('"')) return json
	const number = Number(json.slice(1, -1))
	return Number.isNaN(number) ? json : String(number)
}

function namedKeysOf(shape: Shape): NamedKey[] {
	const known = named.get(shape)
	if (known) return known
	const encoded = shape.slots.filter(({ expression }) => expression === undefined)
	const keys = shape.table.keys.flatMap((key, index) => {
		const parts = namedPart(shape, key).map((column) => ({
			column,
			place: encoded.findIndex((slot) => slot.column === column && slot.use !== 'update'),
		}))
		return parts.length > 0 ? [{ seed: hashed(`${shape.table.name} ${index}`, 0x811c9dc5), parts }] : []
	})
	named.set(shape, keys)
	return keys
}
