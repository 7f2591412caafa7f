import { sql } from 'drizzle-orm'
import {
	foreignKey,
	integer,
	primaryKey,
	type SQLiteColumn,
	type SQLiteTable,
	sqliteTable,
	unique,
	uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import type { Json, Kind } from './kinds/kind.ts'
import { kindParents, PARENTS } from './kinds/references.ts'
import { builderOf, type ColumnFacts, isId, valuesOf } from './real-columns.ts'
import facts from './real-tables.json' with { type: 'json' }

// Tables of public projects, with the types, keys, defaults and references that they have there, and no names.

export interface TableFacts {
	table: string
	columns: ColumnFacts[]
	/** Columns by their places. */
	primaryKeys: number[][]
	uniques: number[][]
	uniqueIndexes: { columns: (number | string)[]; where?: boolean }[]
	foreign: { columns: number[]; self?: boolean }[]
}

/** What columns of integers refer to. Its rows are made with it. */
export const numberedParents = sqliteTable('numbered_parents', { id: integer().primaryKey() })
export const NUMBERED_PARENTS = [1, 2]

export const realTables: TableFacts[] = facts

/** A kind for each table. */
export const realKinds: Kind[] = realTables.map((table) => {
	const writable = table.columns.flatMap((column, place) => (column.generated ? [] : [{ column, place }]))
	return {
		name: table.table,
		table: (name) => tableOf(name, table),
		values: Object.fromEntries(writable.map(({ place }) => [propertyOf(place), choicesOf(table, place)])),
		needs: writable.filter(({ column }) => isNeeded(column)).map(({ place }) => propertyOf(place)),
		by: waysToAsk(table),
		madeUp: Object.fromEntries(
			writable.flatMap(({ column, place }) => {
				const named = isId(column) ? place : isSelf(table, place) ? primaryOf(table) : undefined
				return named === undefined ? [] : [[propertyOf(place), propertyOf(named)]]
			}),
		),
		apart: [],
	}
})

export function propertyOf(place: number): string {
	return `c${place}`
}

export function isNeeded(column: ColumnFacts): boolean {
	return column.notNull && column.default === undefined && !column.defaultFn && !isId(column)
}

/** By each key, alone and together with another column. */
function waysToAsk(table: TableFacts): string[][] {
	const { columns } = table
	return keysOf(table).flatMap((key) => {
		const other = columns.findIndex(({ generated }, place) => !generated && !key.includes(place))
		const ways = other < 0 ? [key] : [key, [...key, other]]
		return ways.map((way) => way.map(propertyOf))
	})
}

/** Every key of columns alone that holds for all rows, the primary key first. */
export function keysOf(table: TableFacts): number[][] {
	const { columns, uniques, uniqueIndexes } = table
	const primary = primaryKeyOf(table)
	const full = uniqueIndexes.flatMap(({ columns: members, where }) => {
		const places = members.filter((member) => typeof member === 'number')
		return where || places.length < members.length ? [] : [places]
	})
	return [
		...(primary.length > 0 ? [primary] : []),
		...columns.flatMap(({ unique: isUnique }, place) => (isUnique ? [[place]] : [])),
		...uniques,
		...full,
	]
}

/** The columns of the primary key; none where there is none. */
export function primaryKeyOf({ columns, primaryKeys: [composite] }: TableFacts): number[] {
	return composite ?? columns.flatMap(({ primary }, place) => (primary ? [place] : []))
}

function choicesOf(table: TableFacts, place: number): Json[] {
	const column = columnAt(table, place)
	const referred = column.type === 'SQLiteText' ? [...PARENTS, 'nowhere'] : [...NUMBERED_PARENTS, 9]
	const values = refersToParent(table, place) ? referred : valuesOf(column)
	return column.notNull ? values : [null, ...values]
}

/** Of what tables refer to only the types are known: every second reference is kept, to a table for all of them. */
function refersToParent({ foreign, columns }: TableFacts, place: number): boolean {
	const nth = foreign.findIndex(({ columns: [first, ...others], self }) => {
		return !self && first === place && others.length === 0
	})
	return nth >= 0 && nth % 2 === 0 && ['SQLiteText', 'SQLiteInteger'].includes(columns[place]?.type ?? '')
}

function isSelf({ foreign }: TableFacts, place: number): boolean {
	return foreign.some(({ columns: [first], self }) => self === true && first === place)
}

function primaryOf({ columns }: TableFacts): number {
	return columns.findIndex(({ primary }) => primary)
}

function columnAt({ table, columns }: TableFacts, place: number): ColumnFacts {
	const column = columns[place]
	if (!column) throw new Error(`${table} has no column ${place}`)
	return column
}

export function tableOf(name: string, table: TableFacts): SQLiteTable {
	const builders = table.columns.map((column, place) => [
		propertyOf(place),
		builderOf(column, propertyOf(place)),
	])
	const text = table.columns.findIndex(({ type }) => type === 'SQLiteText')
	return sqliteTable(name, Object.fromEntries(builders), (self: Record<string, SQLiteColumn>) => {
		const columnOf = (place: number): SQLiteColumn => {
			const column = self[propertyOf(place)]
			if (!column) throw new Error(`${name} has no column ${place}`)
			return column
		}
		return [
			...table.primaryKeys.map((key) => primaryKey({ columns: some(key.map(columnOf)) })),
			...table.uniques.map((key) => unique().on(...some(key.map(columnOf)))),
			...table.uniqueIndexes.map(({ columns, where }, nth) => {
				const members = columns.map((member) =>
					typeof member === 'number' ? columnOf(member) : sql`lower(${columnOf(text)})`,
				)
				const index = uniqueIndex(`${name}_${nth}`).on(...some(members))
				return where ? index.where(sql`${columnOf(text)} <> 'u'`) : index
			}),
			...table.columns.flatMap((column, place) => {
				const parent = column.type === 'SQLiteText' ? kindParents.code : numberedParents.id
				const target = isSelf(table, place) ? columnOf(primaryOf(table)) : parent
				if (!isSelf(table, place) && !refersToParent(table, place)) return []
				return [foreignKey({ columns: [columnOf(place)], foreignColumns: [target] })]
			}),
		]
	})
}

/** @throws Error for a key without columns */
function some<T>([first, ...others]: readonly T[]): [T, ...T[]] {
	if (first === undefined) throw new Error('a key has no columns')
	return [first, ...others]
}
