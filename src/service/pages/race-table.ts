// What the server tells the script of /race: imported by both, and imports nothing.

/** How a value is made that no row has yet, from a number that no row was made from. */
export type Maker =
	| { kind: 'text'; before: string; after: string }
	| { kind: 'number' | 'digits' | 'time' | 'bytes' | 'uuid' | 'object' }

/** A table that can be raced. */
export interface RaceTable {
	name: string
	/** Where it is asked, behind the prefix of the service. */
	path: string
	/** The columns that are asked by. */
	by: string[]
	/** A row that it takes, of which these columns are made anew for each key. */
	row: Record<string, unknown>
	made: Record<string, Maker>
}

export interface RaceTables {
	raced: RaceTable[]
	/** The others, and why. */
	left: { name: string; why: string }[]
}

/** Seeds lie between: six characters as text, a number of 32 bits, a time within SQLite's reach. */
export const SEEDS = { from: 2 ** 28, to: 2 ** 31 - 1000 } as const

/** The value of a seed. Two seeds have two. */
export function made(maker: Maker, seed: number): unknown {
	switch (maker.kind) {
		case 'text':
			return `${maker.before}${seed.toString(36)}${maker.after}`
		case 'number':
			return seed
		case 'digits':
			return String(seed)
		case 'time':
			return new Date(seed * 1000).toISOString()
		case 'bytes':
			return btoa(String(seed))
		case 'uuid':
			return `00000000-0000-4000-8000-${seed.toString(16).padStart(12, '0')}`
		case 'object':
			return { example: seed }
	}
}
