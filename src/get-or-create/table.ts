import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import {
	getTableConfig,
	integer,
	type SQLiteColumn,
	type SQLiteTable,
	sqliteTable,
} from 'drizzle-orm/sqlite-core'
import type { Codec } from './codec/codec'
import { codecOf } from './codec/codec-of'
import { quote } from './quote'

export interface ColumnInfo {
	/** Its Drizzle property name, the name in every answer. */
	property: string
	/** Its SQL name, and the same quoted. */
	name: string
	sql: string
	column: SQLiteColumn
	/** Its place in the table, and so in every row that is read. */
	index: number
	codec: Codec
	/** It is part of a unique key. */
	isInKey: boolean
	/** An insert must name it: NOT NULL, and nothing fills it in. */
	required: boolean
	/** Left out it is null. */
	staysNull: boolean
	/** SQLite numbers the rows where an INTEGER alone is the primary key. */
	isRowId: boolean
	/** The highest value that a caller may choose; undefined where the type alone decides. */
	maximum: number | undefined
	/** What its foreign keys that are of it alone refer to. */
	refersTo: readonly Referred[]
}

/** What a foreign key of one column refers to: a table, and the column of it, quoted. */
export interface Referred {
	table: SQLiteTable
	name: string
	sql: string
}

/**
 * SQLite gives each new row the highest id there is and one: an id near the last that JavaScript tells apart (2^53 - 1)
 * would leave it none to give.
 */
const MAX_CHOSEN_ID = 2 ** 52

/**
 * Columns that no two rows share: the lock that decides a race. SQLite never lets NULL conflict with NULL: of a row with a
 * null in it the key decides nothing.
 */
export interface UniqueKey {
	columns: ColumnInfo[]
	nullable: boolean
	/** The database computes a part of it, so that nobody can ask for a row by it that is yet to be made. */
	isComputed: boolean
}

export interface Parent {
	columns: ColumnInfo[]
	/** The parent's table and, in the order of `columns`, its columns, quoted. */
	table: string
	references: string[]
	isOwnTable: boolean
}

export interface TableInfo {
	name: string
	sql: string
	columns: ColumnInfo[]
	/** What is read of a row: its columns, and its rowid where nothing else tells rows apart. */
	selected: ColumnInfo[]
	/** Every full unique key, the primary key first. */
	keys: UniqueKey[]
	primaryKey: UniqueKey | undefined
	/** What tells one row from another: a key without nulls, the primary key if that may be, or the rowid. */
	identity: readonly ColumnInfo[]
	/** What its foreign keys refer to. */
	parents: Parent[]
	/** Has unique indexes over an expression or a part of the rows: SQLite knows when they conflict, we don't. */
	hasOpaqueIndexes: boolean
	/** The names of its CHECKs. */
	checks: ReadonlySet<string>
	/** Drizzle's own names for columns that have none in the schema. */
	casing: CasingCache
}

/** How Drizzle calls columns in SQL that have no name of their own: as its `casing` option. */
export type Casing = 'snake_case' | 'camelCase'

const infos = new Map<Casing | undefined, WeakMap<SQLiteTable, TableInfo>>()

/** What the heart needs to know of a Drizzle table, worked out once per table. */
export function tableInfo(table: SQLiteTable, casing?: Casing): TableInfo {
	const cased = infos.get(casing) ?? new WeakMap<SQLiteTable, TableInfo>()
	infos.set(casing, cased)
	const known = cased.get(table)
	if (known) return known
	const info = describe(table, new CasingCache(casing))
	cased.set(table, info)
	return info
}

const { probe_aB: PROBE } = getTableColumns(sqliteTable('casing', { probe_aB: integer() }))
const CASINGS = new Map<string, Casing>(
	(['snake_case', 'camelCase'] as const).map((casing) => [
		new CasingCache(casing).getColumnCasing(PROBE),
		casing,
	]),
)

/** The casing of a Drizzle database, which keeps a function of it and not its name. */
export function casingOf(db: object): Casing | undefined {
	const dialect = 'dialect' in db ? db.dialect : undefined
	const casing = typeof dialect === 'object' && dialect && 'casing' in dialect ? dialect.casing : undefined
	return is(casing, CasingCache) ? casingNamed(casing) : undefined
}

export function casingNamed(casing: CasingCache): Casing | undefined {
	return CASINGS.get(casing.getColumnCasing(PROBE))
}

/** A column's value in a row; not what rows have from their prototypes. */
export function valueIn(
	row: Readonly<Record<string, unknown>>,
	{ property }: Pick<ColumnInfo, 'property'>,
): unknown {
	return Object.hasOwn(row, property) ? row[property] : undefined
}

/** How a column list is written in messages: `email` or `account, name`. */
export function listed(columns: readonly ColumnInfo[]): string {
	return columns.map((column) => column.property).join(', ')
}

function describe(table: SQLiteTable, casing: CasingCache): TableInfo {
	const config = getTableConfig(table)
	const primaries = config.columns.filter((column) => column.primary)
	const primary = config.primaryKeys[0]?.columns ?? primaries
	const unique = config.indexes.map((index) => index.config).filter((index) => index.unique)
	const full = unique.flatMap(({ columns: members, where }) =>
		where === undefined && members.every(isColumn) ? [members] : [],
	)
	const unnamed = [
		primary,
		...config.columns.filter((column) => column.isUnique).map((column) => [column]),
		...config.uniqueConstraints.map((constraint) => constraint.columns),
		...full,
	]
	const inKeys = new Set(unnamed.flat().map((column) => column.name))
	const foreignKeys = config.foreignKeys.map((foreignKey) => foreignKey.reference())
	const columns = Object.entries<SQLiteColumn>(getTableColumns(table)).map(([property, column], index) =>
		columnInfo(property, column, {
			index,
			casing,
			isInKey: inKeys.has(column.name),
			refersTo: foreignKeys
				.filter(({ columns: [only, ...more] }) => more.length === 0 && only?.name === column.name)
				.flatMap(({ foreignTable, foreignColumns: [referred] }) =>
					referred ? referredBy(foreignTable, casing.getColumnCasing(referred)) : [],
				),
		}),
	)
	const infoOf = (column: SQLiteColumn): ColumnInfo => {
		const info = columns.find((candidate) => candidate.column.name === column.name)
		if (!info) throw new Error(`table "${config.name}" has no column "${column.name}"`)
		return info
	}
	const keyOf = (members: SQLiteColumn[]): UniqueKey => ({
		columns: members.map(infoOf),
		nullable: members.some((column) => !column.notNull),
		isComputed: members.some((column) => column.generated !== undefined),
	})
	const keys = unnamed.filter((members) => members.length > 0).map(keyOf)
	const telling = keys.find(({ nullable }) => !nullable)?.columns
	const rowId = telling ? [] : [rowIdOf(columns, casing)]
	return {
		name: getTableName(table),
		sql: quote(getTableName(table)),
		columns,
		selected: [...columns, ...rowId],
		keys,
		primaryKey: primary.length > 0 ? keys[0] : undefined,
		identity: telling ?? rowId,
		parents: foreignKeys.map(({ columns: members, foreignTable, foreignColumns }) => ({
			columns: members.map(infoOf),
			table: quote(getTableName(foreignTable)),
			references: foreignColumns.map((column) => quote(casing.getColumnCasing(column))),
			isOwnTable: foreignTable === table,
		})),
		hasOpaqueIndexes: full.length < unique.length,
		checks: new Set(config.checks.map(({ name }) => name)),
		casing,
	}
}

function columnInfo(
	property: string,
	column: SQLiteColumn,
	{
		index,
		casing,
		isInKey,
		refersTo,
	}: Pick<ColumnInfo, 'index' | 'isInKey' | 'refersTo'> & { casing: CasingCache },
): ColumnInfo {
	const name = casing.getColumnCasing(column)
	return {
		property,
		name,
		sql: quote(name),
		column,
		index,
		codec: codecOf(column, isInKey, casing),
		isInKey,
		required: column.notNull && !column.hasDefault && column.generated === undefined,
		staysNull: !column.notNull && !column.hasDefault && column.generated === undefined,
		isRowId: isRowId(column),
		maximum: isRowId(column) ? MAX_CHOSEN_ID : undefined,
		refersTo,
	}
}

function referredBy(table: SQLiteTable, column: string): Referred {
	return { table, name: getTableName(table), sql: quote(column) }
}

/** SQLite's own number of a row, by a name that no column has: https://sqlite.org/lang_createtable.html#rowid */
function rowIdOf(columns: ColumnInfo[], casing: CasingCache): ColumnInfo {
	const name =
		['rowid', '_rowid_', 'oid'].find((each) =>
			columns.every(({ name: taken }) => taken.toLowerCase() !== each),
		) ?? 'rowid'
	const { rowid } = getTableColumns(sqliteTable('rows', { rowid: integer(name).primaryKey() }))
	return columnInfo('rowid', rowid, { index: columns.length, casing, isInKey: true, refersTo: [] })
}

function isColumn(member: SQLiteColumn | object): member is SQLiteColumn {
	return 'getSQLType' in member
}

/** Ids that are never given again. */
export function isAutoIncrement(column: SQLiteColumn): boolean {
	return 'autoIncrement' in column && column.autoIncrement === true
}

function isRowId(column: SQLiteColumn): boolean {
	return column.primary && column.getSQLType().toLowerCase() === 'integer'
}

/** Whether this key's value is made up where a row leaves it out. */
export function isGenerated(key: UniqueKey): boolean {
	return key.columns.every(({ column }) => column.hasDefault)
}
