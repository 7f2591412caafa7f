import type { Fault } from './errors'
import { type ColumnInfo, type TableInfo, valueIn } from './table'
import { coveredColumns } from './unique-key'

/**
 * A row that another refers to, as the value of the column that refers to it: it is got or created first, in the same
 * transaction, and its key is used.
 */
export class Reference {
	readonly table: TableInfo
	readonly row: Readonly<Record<string, unknown>>
	/** The columns that identify it: by default those of the unique keys that it covers. The others are for creation only. */
	readonly by: readonly ColumnInfo[]
	/** What reading it has found wrong already. */
	readonly faults: readonly Fault[]

	constructor(
		table: TableInfo,
		{ row, faults }: { row: Readonly<Record<string, unknown>>; faults: readonly Fault[] },
		by?: readonly ColumnInfo[],
	) {
		this.table = table
		this.row = row
		this.faults = faults
		const given = table.columns.filter((column) => valueIn(row, column) !== undefined)
		const nulls = given.filter((column) => valueIn(row, column) === null)
		this.by = by ?? coveredColumns(table, given, nulls)
	}
}
