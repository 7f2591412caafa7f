import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { kindsOfKeys } from './keys.ts'
import type { Kind } from './kind.ts'
import { kindsOfReferences } from './references.ts'
import { kindsOfRules } from './rules.ts'

/** Each kind of table that is nasty in a way of its own. */
export const kinds: Kind[] = [...kindsOfKeys, ...kindsOfReferences, ...kindsOfRules]

/** Two tables of a kind, made alike: rows go to the one together, to the other one by one. */
export interface Twins {
	kind: Kind
	together: SQLiteTable
	single: SQLiteTable
}

export function twinsOf(kind: Kind): Twins {
	const [together, single] = twinNames(kind)
	return { kind, together: kind.table(together), single: kind.table(single) }
}

export function twinNames({ name }: Kind): [together: string, single: string] {
	return [`${name}_together`, `${name}_single`]
}
