import { namedPart } from './order'
import { placeOf, type Shape } from './shape'

/** A key, and where in an encoded row stand the cells that the row has for it. */
interface NamedKey {
	seed: number
	places: number[]
}

const named = new WeakMap<Shape, NamedKey[]>()

/**
 * A number for each unique value that an encoded row names: rows that share none of these numbers share no unique value.
 * Two values may have the same number, which costs no more than that their rows don't share a statement. Of a key
 * of which the row names a part only that part counts. Numbers and not text: V8 would look every new text up in its
 * table of strings, which took a fifth of an array's time.
 */
export function uniqueValuesOf(shape: Shape, cells: readonly string[]): number[] {
	const numbers: number[] = []
	for (const { seed, places } of namedKeysOf(shape)) {
		let hash = seed
		for (const place of places) {
			const cell = cells[place] ?? 'null'
			// SQLite never lets NULL conflict with NULL.
			if (cell === 'null') {
				hash = -1
				break
			}
			hash = hashed(cell, hash)
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

function namedKeysOf(shape: Shape): NamedKey[] {
	const known = named.get(shape)
	if (known) return known
	const keys = shape.table.keys.flatMap((key, index) => {
		const places = namedPart(shape, key).map((column) =>
			placeOf(
				shape,
				shape.slots.find((slot) => slot.column === column && slot.use !== 'update'),
			),
		)
		return places.length > 0 ? [{ seed: hashed(`${shape.table.name} ${index}`, 0x811c9dc5), places }] : []
	})
	named.set(shape, keys)
	return keys
}
