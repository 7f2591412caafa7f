import { getTableColumns, getTableName } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'

/** What SQLite makes of a value that is stored. Bytes travel as hex inside JSON. */
export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric'

export interface ColumnInfo {
	/** Its Drizzle property name, the name in every answer. */
	property: string
	/** Its SQL name, quoted. */
	sql: string
	column: SQLiteColumn
	/** Its place in the table, and so in every row that is read. */
	index: number
	affinity: Affinity
	/** An insert must name it: NOT NULL, and nothing fills it in. */
	required: boolean
	/** Left out it is null. */
	staysNull: boolean
	/** SQLite numbers the rows where an INTEGER alone is the primary key. */
	isRowId: boolean
	/** The highest value that a caller may choose; undefined where the type alone decides. */
	maximum: number | undefined
}

/**
 * SQLite gives each new row the highest id there is and one: an id near the last that JavaScript tells apart (2^53 - 1)
 * would leave it none to give.
 */
const MAX_CHOSEN_ID = 2 ** 52

/** Columns that no two rows share: the lock that decides a race. */
export interface UniqueKey {
	columns: ColumnInfo[]
	/** SQLite never lets NULL conflict with NULL, so a key with a nullable column decides nothing. */
	nullable: boolean
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
	/** Every full unique key, the primary key first. */
	keys: UniqueKey[]
	primaryKey: UniqueKey | undefined
	/** What tells one row from another: of the primary key, or where that may be null, of another key. */
	identity: readonly ColumnInfo[]
	/** What its foreign keys refer to. */
	parents: Parent[]
	/** Has unique indexes over an expression or a part of the rows: SQLite knows when they conflict, we don't. */
	hasOpaqueIndexes: boolean
	/** The names of its CHECKs. */
	checks: ReadonlySet<string>
}

const infos = new WeakMap<SQLiteTable, TableInfo>()

/** What the heart needs to know of a Drizzle table, worked out once per table. */
export function tableInfo(table: SQLiteTable): TableInfo {
	const known = infos.get(table)
	if (known) return known
	const info = describe(table)
	infos.set(table, info)
	return info
}

export function quote(name: string): string {
	return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL has it. */
export function quoteText(value: string): string {
	return `'${value.replaceAll("'", "''")}'`
}

/** How a column list is written in messages: `email` or `account, name`. */
export function listed(columns: readonly ColumnInfo[]): string {
	return columns.map((column) => column.property).join(', ')
}

function describe(table: SQLiteTable): TableInfo {
	const config = getTableConfig(table)
	const columns = Object.entries<SQLiteColumn>(getTableColumns(table)).map(
		([property, column], index): ColumnInfo => ({
			property,
			sql: quote(column.name),
			column,
			index,
			affinity: affinityOf(column.getSQLType()),
			required: column.notNull && !column.hasDefault && column.generated === undefined,
			staysNull: !column.notNull && !column.hasDefault && column.generated === undefined,
			isRowId: isRowId(column),
			maximum: isRowId(column) ? MAX_CHOSEN_ID : undefined,
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
	})
	const primaries = config.columns.filter((column) => column.primary)
	const declared = config.primaryKeys[0]?.columns ?? primaries
	const primaryKey = declared.length > 0 ? keyOf(declared) : undefined
	const unique = config.indexes.map((index) => index.config).filter((index) => index.unique)
	const full = unique.flatMap(({ columns: members, where }) =>
		where === undefined && members.every(isColumn) ? [members] : [],
	)
	const keys = [
		...(primaryKey ? [primaryKey] : []),
		...config.columns.filter((column) => column.isUnique).map((column) => keyOf([column])),
		...config.uniqueConstraints.map((constraint) => keyOf(constraint.columns)),
		...full.map(keyOf),
	]
	return {
		name: getTableName(table),
		sql: quote(getTableName(table)),
		columns,
		keys,
		primaryKey,
		identity: keys.find(({ nullable }) => !nullable)?.columns ?? [],
		parents: config.foreignKeys.map((foreignKey) => {
			const { columns: members, foreignTable, foreignColumns } = foreignKey.reference()
			return {
				columns: members.map(infoOf),
				table: quote(getTableName(foreignTable)),
				references: foreignColumns.map((column) => quote(column.name)),
				isOwnTable: foreignTable === table,
			}
		}),
		hasOpaqueIndexes: full.length < unique.length,
		checks: new Set(config.checks.map(({ name }) => name)),
	}
}

/** The rules of https://sqlite.org/datatype3.html#determination_of_column_affinity, but that a type is always named. */
function affinityOf(type: string): Affinity {
	if (/int/i.test(type)) return 'integer'
	if (/char|clob|text/i.test(type)) return 'text'
	if (/blob/i.test(type)) return 'blob'
	return /real|floa|doub/i.test(type) ? 'real' : 'numeric'
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

/** Whether SQLite makes this key's value up where a row leaves it out, so that it can't identify a row yet to be made. */
export function isGenerated(key: UniqueKey): boolean {
	return key.columns.every(({ column }) => column.hasDefault)
}
