import { isSQLWrapper } from 'drizzle-orm'
import { type Codec, type Coded, codec, type Encoding, type Meaning, type Storage, Wrong } from './codec'

const MAX_DEPTH = 100
const TOO_DEEP = new Wrong('must not be nested deeper than 100')

/** Any JSON but null. It is compared by what it says, but where it is in a unique key, whose index compares bytes. */
export function json(coded: Coded, storage: Storage, encoding?: Encoding): Codec {
	const meaning: Meaning = {
		check: faultIn,
		told: orderedJson,
		parse: (value) => value,
		parseText: (text) => {
			try {
				return JSON.parse(text)
			} catch {
				return new Wrong('must be JSON')
			}
		},
		present: (value) => value,
		presentText: (value) => JSON.stringify(value),
		schema: {
			type: ['object', 'array', 'string', 'number', 'boolean'],
			description: coded.isInKey
				? 'Any JSON but null, nested at most 100 deep. It is a key, and as one compared by its bytes: another order of properties is another key.'
				: 'Any JSON but null, nested at most 100 deep. The order of properties makes no difference.',
		},
	}
	if (coded.isInKey) return codec(coded, meaning, storage, encoding)
	const text =
		coded.affinity === 'blob' ? (value: string) => `CAST(${value} AS TEXT)` : (value: string) => value
	const differs = (stored: string, value: string) =>
		`(${storage.differs(stored, value)} AND NOT ${saysTheSame(text(stored), text(value))})`
	const matches = (stored: string, value: string) => `NOT ${differs(stored, value)}`
	return codec(coded, meaning, { ...storage, differs, matches }, encoding)
}

/**
 * Both have the same values at the same places. The numbers 1 and 1.0 are one; others with a fraction go by how they are
 * written, for SQLite reads decimals inexactly.
 */
function saysTheSame(one: string, other: string): string {
	const isWhole = `(type = 'real' AND abs(atom) <= ${Number.MAX_SAFE_INTEGER} AND atom = CAST(atom AS INTEGER))`
	const nodes = (text: string) =>
		`SELECT fullkey, iif(${isWhole}, 'integer', type), CASE WHEN ${isWhole} THEN CAST(atom AS INTEGER) WHEN type = 'real' THEN coalesce(${text} -> fullkey, atom) ELSE atom END FROM json_tree(${text})`
	const lacks = (left: string, right: string) => `EXISTS (${nodes(left)} EXCEPT ${nodes(right)})`
	return `coalesce(json_valid(${one}) AND NOT ${lacks(one, other)} AND NOT ${lacks(other, one)}, 0)`
}

/** What would come back as something else: JSON.parse rounds whole numbers beyond 2^53, and takes 1e400 for infinite. */
function faultIn(value: unknown): Wrong | undefined {
	let depth = 0
	for (let level = [value]; level.length > 0; depth++) {
		if (depth > MAX_DEPTH) return TOO_DEEP
		for (const each of level) {
			if (isSQLWrapper(each)) return new Wrong('must hold values, not SQL')
			if (typeof each !== 'number') continue
			if (!Number.isFinite(each)) return new Wrong('must hold finite numbers')
			if (Number.isInteger(each) && !Number.isSafeInteger(each)) {
				return new Wrong('must not hold a whole number beyond 9007199254740991: send it as text')
			}
		}
		level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
	}
	return undefined
}

/** JSON that doesn't depend on the order of properties. */
function orderedJson(value: unknown): string {
	return JSON.stringify(value, (_, each: unknown) =>
		typeof each === 'object' && each !== null && !Array.isArray(each)
			? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
			: each,
	)
}
