/** What each client is used for, and what comes of it. Its own code says how: without a cast, and narrowing no row. */
export type Use = (origin: string, token: string, name: string) => Promise<Used>

export interface Used {
	/** A row that is made, found and read, one that is changed, one that another row is in the way of. */
	statuses: (number | undefined)[]
	created: boolean[]
	id: number
	name: string | undefined
	renamed: { name: string; updated: boolean } | undefined
	/** The keys that stood in the way. */
	conflicts: string[][]
	/** Of an array: the name of each row that was made or found, or the slug of its problem. */
	many: string[]
}
