import { getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { idempotencyKeys } from '../get-or-create/idempotency-keys'
import {
	type Casing,
	type ColumnInfo,
	type TableInfo,
	tableInfo,
	type UniqueKey,
} from '../get-or-create/table'
import { requireDecidable, writableKeys } from '../get-or-create/unique-key'

/** A table that is served, and what callers see of it. */
export interface Resource<
	T extends SQLiteTable = SQLiteTable,
	Hidden extends string = string,
	Name extends string = string,
> {
	/** Its SQL name, and so its path. */
	name: Name
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

export interface ResourceOptions<Hidden extends string, Name extends string> {
	/** Properties that callers neither send nor see. */
	hidden?: readonly Hidden[]
	/** The table's SQL name, where its type doesn't know it: that of a table of `sqliteTableCreator` has no prefix. */
	name?: Name
}

/**
 * Serves a table under its SQL name.
 * @throws Error that says what to add, where the database could not decide a race for the table's rows.
 * @example resource(accounts, { hidden: ['password'] })
 */
export function resource<
	T extends SQLiteTable,
	const Hidden extends Extract<keyof T['$inferSelect'], string> = never,
	const Name extends string = T['_']['name'],
>(table: T, { hidden = [], name }: ResourceOptions<Hidden, Name> = {}): Resource<T, Hidden, Name> {
	const real = getTableName(table)
	if (name !== undefined && name !== real) throw new Error(`table "${real}" is not called "${name}"`)
	// What the type says of a table that is made under its own name.
	// oxlint-disable-next-line typescript/no-unsafe-type-assertion
	return described({ name: real as Name, table, hidden })
}

/**
 * The same tables where Drizzle has this `casing`: columns without a name of their own are called accordingly.
 * @throws as resource does.
 * @example withCasing('snake_case', [resource(users), resource(links)])
 */
export function withCasing<R extends Resource>(casing: Casing, resources: readonly R[]): R[] {
	return resources.map((each) => ({ ...each, ...described(each, casing) }))
}

function described<R extends Pick<Resource, 'name' | 'table' | 'hidden'>>(
	served: R,
	casing?: Casing,
): R & Pick<Resource, 'info' | 'visible' | 'keys'> {
	const { table, hidden } = served
	const full = tableInfo(table, casing)
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
	return { ...served, info, visible, keys: writableKeys(info) }
}
