import type { Shape } from './shape'
import type { ColumnInfo } from './table'

// The parts of statements. In all of them `item` is a row of the JSON array that is the parameter, and `found` the row
// of the table that it asks for.

/** What tells one row of the table from another: its primary key, or a key that is asked by. */
export function identity(shape: Shape): ColumnInfo[] {
	const { primaryKey, keys } = shape.table
	const key =
		primaryKey ??
		keys.find(({ columns, nullable }) => !nullable && columns.every((c) => shape.by.includes(c)))
	return key?.columns ?? []
}

/** The row asked for. The column stands first, so that its affinity and collation rule, and its index serves. */
export function matches(shape: Shape): string {
	return equal(shape, shape.by, 'found')
}

export function equal(shape: Shape, columns: readonly ColumnInfo[], alias: string): string {
	return columns.map((column) => `${alias}.${column.sql} = ${valueOf(shape, column, 'given')}`).join(' AND ')
}

/** The row that is found is not yet as the update would make it. */
export function anyDiffers(shape: Shape): string {
	return `(${shape.set.map((column) => `found.${column.sql} IS NOT ${valueOf(shape, column, 'given')}`).join(' OR ')})`
}

export function isGiven(shape: Shape, column: ColumnInfo): boolean {
	return shape.slots.some((slot) => slot.column === column && slot.use === 'given')
}

/** ->> gives SQLite the JSON value as it is: text stays text, an integer an integer, null NULL. */
export function valueOf(shape: Shape, column: ColumnInfo, use: 'given' | 'insert' | 'update'): string {
	const encoded = shape.slots.filter(({ expression }) => expression === undefined)
	const slot = shape.slots.find(
		(candidate) => candidate.column === column && (candidate.use === use || candidate.use === 'given'),
	)
	if (!slot) throw new Error(`no value for ${column.property}`)
	if (slot.expression !== undefined) return `(${slot.expression})`
	const value = `item.value ->> ${encoded.indexOf(slot)}`
	return column.affinity === 'blob' ? `unhex(${value})` : value
}

/** The row that is found, as it is read. */
export function columnsOf({ table }: Shape): string {
	return table.columns.map((column) => `found.${column.sql}`).join(', ')
}

export function names(columns: readonly ColumnInfo[]): string {
	return columns.map((column) => column.sql).join(', ')
}
