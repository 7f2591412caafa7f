/** Which keys a run asks for. `none` is for what asks for no rows. */
export type Work = 'none' | 'new' | 'existing' | 'mixed' | 'hot'

/** Rows that every fresh database has before it is measured. */
export const SEEDED = 10_000

/** The key of the row with this number: `cell` tells the new keys of one measurement from all others. */
export function keyOf(work: Work, cell: string, index: number): string {
	switch (work) {
		case 'none':
		case 'existing':
			return seededKey(index)
		case 'new':
			return `${cell}-${index}`
		case 'mixed':
			return index % 10 === 0 ? `${cell}-${index}` : seededKey(index)
		case 'hot':
			return `${cell}-hot`
	}
}

/** A prime step, so that neighbours in time are no neighbours in the index. */
function seededKey(index: number): string {
	return `seed-${(index * 7919) % SEEDED}`
}

/** A row as JSON. Keys are plain ASCII, so that nothing needs escaping and a text's length is its bytes. */
export function rowOf(key: string): string {
	return `{"name":"${key}","email":"${key}@example.com"}`
}

/** The database refuses accounts whose names start so: see stage.ts. */
export const REFUSED = 'refused-'
