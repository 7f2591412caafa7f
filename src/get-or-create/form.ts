import { is, SQL } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { cachePerTable } from './cache'
import { encode, faultAt } from './encode'
import type { Fault } from './errors'
import type { RowKey } from './idempotency'
import { type Shape, type Slot, shapeOf, type Verb } from './shape'
import type { ColumnInfo, TableInfo } from './table'
import { covers, decides } from './unique-key'

/** What rows with the same columns, asked for in the same way, have in common: worked out once for all of them. */
export interface Form {
	by: readonly ColumnInfo[]
	/** `by` holds a unique key. */
	decides: boolean
	given: ColumnInfo[]
	/** What every such row lacks. */
	missing: Fault[]
	/** What Drizzle fills in. */
	fillers: Filler[]
	/** The same for all of them, and in words that outlive a change of the schema: a part of their fingerprints. */
	name: string
	/** The shape with these slots. */
	shapeWith(slots: readonly Slot[]): Shape
	/** The shape where every filler gives a value, not SQL. */
	shape: Shape
}

interface Filler {
	column: ColumnInfo
	use: Slot['use']
	make: () => unknown
}

/** How a row is asked for. */
export interface Asking {
	verb: Verb
	by?: readonly ColumnInfo[] | undefined
	update?: readonly ColumnInfo[] | undefined
	/** The row's part in an Idempotency-Key, where the request has one. */
	key?: RowKey | undefined
}

/** Per table: as many as shapes, and for the same reason. */
const MAX_FORMS = 1000
const formsOf = cachePerTable<Form>(MAX_FORMS)

/** The form of a row: the columns that it gives decide it, together with how it is asked for. */
export function formOf(table: TableInfo, asking: Asking, row: Readonly<Record<string, unknown>>): Form {
	let id = `${asking.verb} ${asking.key !== undefined} ${indexes(asking.by)} ${indexes(asking.update)} `
	for (const { property, index } of table.columns) if (row[property] !== undefined) id += `${index},`
	return formsOf(table).get(id, () => build(table, asking, row))
}

function indexes(columns: readonly ColumnInfo[] | undefined): string {
	return columns?.map(({ index }) => index).join() ?? '-'
}

function build(
	table: TableInfo,
	{ verb, by: asked, update, key: part }: Asking,
	row: Readonly<Record<string, unknown>>,
): Form {
	const given = table.columns.filter(({ property }) => row[property] !== undefined)
	const by = asked ?? defaultBy(table, verb, given)
	const absent = (columns: readonly ColumnInfo[]) => columns.filter((column) => !given.includes(column))
	const unfilled = absent(table.columns).filter(({ required }) => required)
	const needed = [...absent(by), ...absent(update ?? []), ...(verb === 'get-or-create' ? unfilled : [])]
	const fillers = absent(table.columns).flatMap((column) => fillersOf(column, verb))
	const set = verb === 'update-or-create' ? settable(given, by, update) : []
	const shapeWith = (slots: readonly Slot[]): Shape =>
		shapeOf({
			table,
			verb,
			by,
			slots: [...given.map((column): Slot => ({ column, use: 'given' })), ...slots],
			set,
			insertable: verb !== 'get' && unfilled.length === 0,
			keyed: part !== undefined,
		})
	return {
		by,
		decides: decides(table, by),
		given,
		missing: [...new Set(needed)].map((column) => faultAt(column, 'is missing')),
		name: JSON.stringify([
			verb,
			...[by, set, given].map((columns) => columns.map(({ property }) => property)),
		]),
		fillers,
		shapeWith,
		shape: shapeWith(fillers.map(({ column, use }) => ({ column, use }))),
	}
}

function defaultBy(table: TableInfo, verb: Verb, given: ColumnInfo[]): ColumnInfo[] {
	if (verb !== 'update-or-create') return given
	const covered = table.keys.filter((key) => !key.nullable && covers(given, key))
	if (table.primaryKey && covered[0] === table.primaryKey) return table.primaryKey.columns
	return [...new Set(covered.flatMap((key) => key.columns))]
}

function settable(
	given: ColumnInfo[],
	by: readonly ColumnInfo[],
	update: readonly ColumnInfo[] | undefined,
): ColumnInfo[] {
	return given.filter((column) => !by.includes(column) && (update === undefined || update.includes(column)))
}

/** What Drizzle itself would fill in: `$defaultFn` on an insert, `$onUpdate` on an update and on an insert without default. */
function fillersOf(column: ColumnInfo, verb: Verb): Filler[] {
	const { default: constant, defaultFn, onUpdateFn } = column.column
	const inserted = defaultFn ?? (constant === undefined ? onUpdateFn : undefined)
	if (verb === 'get') return []
	return [
		...(inserted ? [{ column, use: 'insert' as const, make: inserted }] : []),
		...(onUpdateFn && verb === 'update-or-create'
			? [{ column, use: 'update' as const, make: onUpdateFn }]
			: []),
	]
}

const dialect = new SQLiteSyncDialect()

/** Runs the fillers for one row: the values that they give, encoded, and the row's shape. */
export function fill(form: Form, faults: Fault[]): { shape: Shape; values: string[] } {
	const values: string[] = []
	if (form.fillers.length === 0) return { shape: form.shape, values }
	const slots = form.fillers.map(({ column, use, make }): Slot => {
		const value = make()
		if (!is(value, SQL)) {
			values.push(encode(column, value, faults))
			return { column, use }
		}
		const { sql, params } = dialect.sqlToQuery(value)
		if (params.length > 0) throw new Error(`the default of ${column.property} must not have parameters`)
		return { column, use, expression: sql }
	})
	return { shape: values.length === slots.length ? form.shape : form.shapeWith(slots), values }
}
