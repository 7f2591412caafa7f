import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { requireDecidable } from '../get-or-create/row-request'
import { type ColumnInfo, type TableInfo, tableInfo, type UniqueKey } from '../get-or-create/table'

/** A table that is served, and what callers see of it. */
export interface Resource<T extends SQLiteTable = SQLiteTable> {
	table: T
	info: TableInfo
	/** Every column but the hidden ones. */
	visible: ColumnInfo[]
	/** The unique keys that callers may ask by. */
	keys: UniqueKey[]
}

/** Paths that the service itself answers. */
const RESERVED = ['', 'healthz', 'openapi.json', 'docs', 'problems']

/**
 * Serves a table under its SQL name.
 * @throws Error that says what to add, where the database could not decide a race for the table's rows.
 * @example resource(accounts, { hidden: ['password'] })
 */
export function resource<T extends SQLiteTable>(
	table: T,
	{ hidden = [] }: { hidden?: readonly Extract<keyof T['$inferSelect'], string>[] } = {},
): Resource<T> {
	const info = tableInfo(table)
	if (RESERVED.includes(info.name))
		throw new Error(`table "${info.name}" has the name of a page of the service`)
	const visible = info.columns.filter(({ property }) => !hidden.some((name) => name === property))
	const keys = info.keys.filter((key) => key.columns.every((column) => visible.includes(column)))
	requireDecidable({ ...info, keys })
	const unfillable = info.columns.find((column) => column.required && !visible.includes(column))
	if (unfillable) {
		throw new Error(
			`table "${info.name}" hides "${unfillable.property}", which every new row needs: give it a default.`,
		)
	}
	return { table, info, visible, keys: keys.filter((key) => !key.nullable) }
}
