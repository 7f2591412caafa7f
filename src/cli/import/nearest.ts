/** A name that nobody knows, among those that are known: in words, the nearest, or else all. */
export function nearest(name: string, known: readonly string[]): string {
	const [best] = known
		.map((each) => ({ each, distance: distanceOf(plainName(name), plainName(each)) }))
		.toSorted((a, b) => a.distance - b.distance)
	const isNear =
		best !== undefined && best.distance <= Math.max(Math.min(2, name.length / 2), name.length / 3)
	return isNear ? `is it "${best.each}"?` : `there are ${known.join(', ') || 'none'}.`
}

/** What makes no difference between names. */
export function plainName(name: string): string {
	return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** How many letters one name has to change to be the other (Levenshtein). */
function distanceOf(one: string, other: string): number {
	let row = Array.from({ length: other.length + 1 }, (_, i) => i)
	for (let i = 0; i < one.length; i++) {
		const next = [i + 1]
		for (let j = 0; j < other.length; j++) {
			const changed = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1)
			next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
		}
		row = next
	}
	return row.at(-1) ?? 0
}
