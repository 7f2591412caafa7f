import type { ColumnInfo, TableInfo } from './table'
import { requireUniqueKey } from './unique-key'

/** A table as callers see it. */
export interface SeenTable {
	info: TableInfo
	columns: readonly ColumnInfo[]
	/** The table of which a row may stand in the place of this column's value. */
	parentOf: (column: ColumnInfo) => SeenTable | undefined
}

/** How the rows that a row may hold are asked for, by the properties of the columns that they stand in. */
export type ReferenceTerms = ReadonlyMap<string, ReferenceTerm>

interface ReferenceTerm {
	by: readonly ColumnInfo[] | undefined
	references: ReferenceTerms
}

/** All of a table, and no row in the place of a value. */
export function wholeTable(info: TableInfo): SeenTable {
	return { info, columns: info.columns, parentOf: () => undefined }
}

/** How deep rows may lie in each other. */
export const MAX_DEPTH = 8
export const TOO_DEEP = `lies too deep: rows may hold rows ${MAX_DEPTH} deep`

/** What would be told of how a reference is asked for is of a column that is none, or that isn't there. */
export class UnfitReferenceError extends Error {
	override readonly name = 'UnfitReferenceError'
	readonly kind = 'unfit-reference'
}

/** The name of the list of columns by which the row in a column is asked for: `by.authorId`, `by.authorId.countryId`. */
export const BY_REFERENCE = 'by.'

/**
 * What lists of such names say.
 * @throws UnfitReferenceError; NotAUniqueKeyError for one that can't decide a race.
 */
export function referenceTermsOf(
	table: SeenTable,
	lists: Iterable<readonly [name: string, by: readonly string[]]>,
): ReferenceTerms {
	const terms: MutableTerms = new Map()
	for (const [name, by] of lists) {
		let [seen, within, path] = [table, terms, name.slice(BY_REFERENCE.length)]
		const shown = `"${name.length > 50 ? `${name.slice(0, 50).toWellFormed()}…` : name}"`
		for (;;) {
			const column = headOf(seen, path)
			const parent = column && seen.parentOf(column)
			if (!parent)
				throw new UnfitReferenceError(
					`${shown} leads to no column of ${seen.info.name} that refers to a table which is served`,
				)
			const term = within.get(column.property) ?? { by: undefined, references: new Map() }
			within.set(column.property, term)
			if (path === column.property) {
				term.by = columnsNamed(parent, shown, by)
				break
			}
			path = path.slice(column.property.length + 1)
			;[seen, within] = [parent, term.references]
		}
	}
	return terms
}

type MutableTerms = Map<string, { by: readonly ColumnInfo[] | undefined; references: MutableTerms }>

/** The column that a path begins with: names may have dots of their own. */
function headOf({ columns, parentOf }: SeenTable, path: string): ColumnInfo | undefined {
	const heads = columns.filter(
		(column) =>
			(path === column.property || path.startsWith(`${column.property}.`)) && parentOf(column) !== undefined,
	)
	return heads.toSorted((a, b) => b.property.length - a.property.length)[0]
}

function columnsNamed({ info, columns }: SeenTable, name: string, by: readonly string[]): ColumnInfo[] {
	const named = [...new Set(by)].map((property) => {
		const column = columns.find((each) => each.property === property)
		if (column) return column
		throw new UnfitReferenceError(
			`${name} names what is not a column of ${info.name}: it has ${columns.map((each) => each.property).join(', ')}`,
		)
	})
	requireUniqueKey(info, named)
	return named
}
