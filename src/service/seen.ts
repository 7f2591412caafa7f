import type { SeenTable } from '../get-or-create/seen-table'
import type { ColumnInfo } from '../get-or-create/table'
import type { Resource } from './resource'

const seen = new WeakMap<readonly Resource[], Map<Resource, SeenTable>>()

/** A table as callers see it, who may give rows of those that it refers to, where these are served too. */
export function seenTable(resources: readonly Resource[], resource: Resource): SeenTable {
	const tables = seen.get(resources) ?? new Map<Resource, SeenTable>()
	seen.set(resources, tables)
	const known = tables.get(resource)
	if (known) return known
	const table: SeenTable = {
		info: resource.info,
		columns: resource.visible,
		// Not before it is asked for: tables may refer to each other.
		parentOf: (column) => {
			const parent = parentAmong(resources, column)
			return parent && seenTable(resources, parent)
		},
	}
	tables.set(resource, table)
	return table
}

/** The one of these tables that a column refers to. */
export function parentAmong(resources: readonly Resource[], { refersTo }: ColumnInfo): Resource | undefined {
	return resources.find((each) => refersTo.some(({ table }) => table === each.table))
}
