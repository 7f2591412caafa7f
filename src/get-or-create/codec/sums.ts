// How the database adds numbers, so that what it stores is what was asked for. SQLite makes a double of an integer that
// grows beyond its 64 bits, and a number of text that it adds to.

/** How the values of a column are added to each other. */
export interface Sum {
	/** The sum, where null counts as 0. */
	sql: (stored: string, given: string) => string
	/** That it is not what is stored; never NULL. */
	differs: (stored: string, given: string) => string
	/** That the column holds it as it is; never NULL. */
	isKept: (stored: string, given: string) => string
	/** What sums it holds, as a sentence goes on. */
	range: string
}

const isOf = (stored: string, ...types: string[]) =>
	`typeof(${stored}) IN ('null', ${types.map((type) => `'${type}'`).join(', ')})`
const sumOf = (stored: string, given: string) => `coalesce(${stored}, 0) + coalesce(${given}, 0)`

// Not by the sum, which as a double may be equal to what it goes beyond.
const anyIsAdded = (stored: string, given: string) => `(coalesce(${given}, 0) <> 0 OR ${stored} IS NULL)`

/** Whole numbers that JavaScript's numbers tell apart. */
export const safeIntegers: Sum = {
	sql: sumOf,
	differs: anyIsAdded,
	isKept: (stored, given) =>
		`(${isOf(stored, 'integer')} AND ${sumOf(stored, given)} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER})`,
	range: `whole numbers between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`,
}

/** Whole numbers of 64 bits. */
export const wideIntegers: Sum = {
	sql: sumOf,
	differs: anyIsAdded,
	isKept: (stored, given) => `(${isOf(stored, 'integer')} AND typeof(${sumOf(stored, given)}) = 'integer')`,
	range: 'whole numbers of 64 bits',
}

const doubleOf = (stored: string, given: string) =>
	`CAST(coalesce(${stored}, 0) AS REAL) + coalesce(${given}, 0)`

/** Doubles, added as JavaScript adds its numbers. Of those that are infinite the difference is none. */
export const doubles: Sum = {
	sql: doubleOf,
	differs: (stored, given) => `(${doubleOf(stored, given)}) IS NOT ${stored}`,
	isKept: (stored, given) => {
		const sum = doubleOf(stored, given)
		return `(${isOf(stored, 'integer', 'real')} AND coalesce((${sum}) - (${sum}) = 0, 0))`
	},
	range: 'finite numbers',
}
