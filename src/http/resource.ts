import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { idempotencyKeys } from '../get-or-create/idempotency-keys'
import { type ColumnInfo, type TableInfo, tableInfo, type UniqueKey } from '../get-or-create/table'
import { requireDecidable, writableKeys } from '../get-or-create/unique-key'

/** A table that is served, and what callers see of it. */
export interface Resource<T extends SQLiteTable = SQLiteTable, Hidden extends string = string> {
	table: T
	/** With the keys that callers see. */
	info: TableInfo
	/** Every column but the hidden ones. */
	visible: ColumnInfo[]
	hidden: readonly Hidden[]
	/** The unique keys that callers may ask by. */
	keys: UniqueKey[]
}

/** What a service of these tables needs in its database: they, and the notes of Idempotency-Keys. */
export function tablesNeeded(resources: readonly Resource[]): TableInfo[] {
	return [...resources.map(({ info }) => info), tableInfo(idempotencyKeys)]
}

/** Paths that the service itself answers. */
const RESERVED = ['', 'healthz', 'openapi.json', 'docs', 'problems']

/**
 * Serves a table under its SQL name.
 * @throws Error that says what to add, where the database could not decide a race for the table's rows.
 * @example resource(accounts, { hidden: ['password'] })
 */
export function resource<
	T extends SQLiteTable,
	const Hidden extends Extract<keyof T['$inferSelect'], string> = never,
>(table: T, { hidden = [] }: { hidden?: readonly Hidden[] } = {}): Resource<T, Hidden> {
	const full = tableInfo(table)
	if (RESERVED.includes(full.name))
		throw new Error(`table "${full.name}" has the name of a page of the service`)
	const visible = full.columns.filter(({ property }) => !hidden.some((name) => name === property))
	const keys = full.keys.filter((key) => key.columns.every((column) => visible.includes(column)))
	// A key that callers don't see still stops a row, as an index does that we can't read.
	const info = { ...full, keys, hasOpaqueIndexes: full.hasOpaqueIndexes || keys.length < full.keys.length }
	requireDecidable(info)
	const unfillable = info.columns.find((column) => column.required && !visible.includes(column))
	if (unfillable) {
		throw new Error(
			`table "${info.name}" hides "${unfillable.property}", which every new row needs: give it a default.`,
		)
	}
	return { table, info, visible, hidden, keys: writableKeys(info) }
}
