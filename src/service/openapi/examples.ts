import { is, SQL } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type ColumnInfo, isGenerated, tableInfo, type UniqueKey } from '../../get-or-create/table'
import type { Resource } from '../resource'
import { exampleValue, keptValue, presented } from './example-value'
import type { ParentOf } from './view'

type Row = Readonly<Record<string, unknown>>

/**
 * Rows that can be sent as they are to an empty table, one after the other. Rules that only the database knows, such as a
 * CHECK or a foreign key, may still refuse them.
 */
export interface Examples {
	/** The unique key that a caller would ask by. */
	key: readonly ColumnInfo[]
	/** The columns that the rows give. */
	given: readonly ColumnInfo[]
	/** Two; one where the table can't have two; none where nobody can guess what a column's type takes. */
	sent: readonly Row[]
	/** What comes of them. */
	answered: readonly Row[]
	/** What comes of the rows that they hold in the place of keys. */
	references: readonly (readonly { property: string; row: Row }[])[]
}

/** Rows with the columns that they need, those of a key, and those that would otherwise be the same in all rows. */
export function examplesOf(resource: Resource, parentOf: ParentOf = () => undefined): Examples {
	const { visible, table } = resource
	const key = exampleKey(resource)
	const isFilledAlike = filledAlike(table)
	const given = visible.filter((info) => info.required || key.includes(info) || isFilledAlike(info))
	const isKnown = given.every((info) => exampleValue(info, 0) !== undefined)
	const indexes = !isKnown ? [] : hasRoomForTwo(table, given) ? [0, 1] : [0]
	const held = heldIn(resource, given, indexes.length, parentOf)
	const heldBy = (info: ColumnInfo, index: number) => held.find(({ column }) => column === info)?.rows[index]
	return {
		key,
		given,
		sent: indexes.map((index) =>
			rowOf(given, (info) => heldBy(info, index)?.sent ?? exampleValue(info, index)),
		),
		answered: indexes.map((index) =>
			rowOf(visible, (info) => {
				const row = heldBy(info, index)
				if (row) return row.key
				return given.includes(info) ? keptValue(info, exampleValue(info, index)) : filledIn(info, index)
			}),
		),
		references: indexes.map((index) =>
			held.flatMap(({ column: { property }, rows }) => {
				const row = rows[index]?.answered
				return row ? [{ property, row }] : []
			}),
		),
	}
}

interface Held {
	column: ColumnInfo
	rows: { sent: Row; answered: Row; key: unknown }[]
}

/** What these columns hold that refer to another table: rows that refer to none, each another. */
function heldIn(resource: Resource, given: readonly ColumnInfo[], count: number, parentOf: ParentOf): Held[] {
	const held = given.flatMap((column): Held[] => {
		const parent = parentOf(column)
		const [referred] = column.refersTo.filter(({ table }) => table === parent?.table)
		if (!parent || !referred || parent.table === resource.table) return []
		const { sent, answered, given: own } = examplesOf(parent)
		if (own.some(({ refersTo }) => refersTo.length > 0)) return []
		const property = parent.visible.find(({ sql }) => sql === referred.sql)?.property
		const rows = answered.flatMap((row, index) => {
			const of = sent[index]
			return of && property !== undefined ? [{ sent: of, answered: row, key: row[property] }] : []
		})
		return rows.length >= count ? [{ column, rows }] : []
	})
	// Two that refer to the same table would make one row of what should be two.
	const tables = held.map(({ column }) => parentOf(column)?.table)
	return held.filter((_, place) => tables.indexOf(tables[place]) === place)
}

function rowOf(columns: readonly ColumnInfo[], valueOf: (info: ColumnInfo) => unknown): Row {
	return Object.fromEntries(columns.map((info) => [info.property, valueOf(info)]))
}

/** The first whose values are not made up where they are left out, and of which there are two. */
function exampleKey({ keys }: Resource): readonly ColumnInfo[] {
	const byWish = [...keys.filter((key) => !isGenerated(key)), ...keys.filter(isGenerated)]
	const isTwofold = ({ columns }: UniqueKey) => columns.some(isVaried)
	return (byWish.find(isTwofold) ?? byWish[0])?.columns ?? []
}

/** Columns that are the same in all rows that leave them out, where no two rows may be the same. */
function filledAlike(table: SQLiteTable): (info: ColumnInfo) => boolean {
	const indexed = getTableConfig(table).indexes.flatMap(({ config }) => (config.unique ? config.columns : []))
	return ({ column, isInKey }) =>
		(isInKey || indexed.includes(column)) &&
		// SQL that fills in a primary key alone makes up another for each row.
		(constantOf(column) !== undefined || (is(column.default, SQL) && !column.primary))
}

/** No key, hidden ones among them, is the same in two rows that give these columns. */
function hasRoomForTwo(table: SQLiteTable, given: readonly ColumnInfo[]): boolean {
	const isApart = ({ property, column }: ColumnInfo) => {
		const info = given.find((each) => each.property === property)
		return info ? isVaried(info) : constantOf(column) === undefined
	}
	return tableInfo(table).keys.every(({ columns }) => columns.some(isApart))
}

function isVaried(info: ColumnInfo): boolean {
	const [one, other] = [0, 1].map((index) => exampleValue(info, index))
	if (one === undefined || other === undefined) return false
	return JSON.stringify(keptValue(info, one)) !== JSON.stringify(keptValue(info, other))
}

/** What a row has of a column that it leaves out. What is made up, nobody knows before: something like it. */
function filledIn(info: ColumnInfo, index: number): unknown {
	const { column, codec, isRowId } = info
	const constant = constantOf(column)
	if (constant !== undefined) return presented(info, constant)
	if (isRowId) return codec.present(codec.read(index + 1))
	return info.staysNull ? null : (exampleValue(info, index) ?? null)
}

/** What every row has of a column that leaves it out; undefined where that is not the same in all. */
export function constantOf({ default: constant }: ColumnInfo['column']): unknown {
	return constant === null || is(constant, SQL) ? undefined : constant
}
