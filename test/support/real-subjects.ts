import { namesBesideDrizzle } from './beside-drizzle/names'
import type { Subject, Values, Way } from './beside-drizzle/subject'
import { type ColumnFacts, isId, nthValueOf } from './real-columns'
import {
	isNeeded,
	isSelf,
	keysOf,
	primaryKeyOf,
	propertyOf,
	realTables,
	type TableFacts,
	tableOf,
} from './real-tables'

/** From the values of a row to those that it is changed to. */
const CHANGED = 10

/** Every table of public projects that has a key, asked by each of its keys. */
export const realSubjects: Subject[] = realTables.flatMap((table) => {
	const keys = [...new Map(keysOf(table).map((key) => [key.join(), key])).values()]
	if (keys.length === 0) return []
	const [served, plain] = namesBesideDrizzle(table.table)
	return [
		{
			name: table.table,
			served: tableOf(served, table),
			plain: tableOf(plain, table),
			keys: keys.map((key) => key.map(propertyOf)),
			primary: primaryKeyOf(table).map(propertyOf),
			ways: keys.map((key) => wayOf(table, key)),
			random: propertiesOf(table, (column) => isId(column) && column.type === 'SQLiteText'),
			numbered: propertiesOf(table, (column) => isId(column) && column.type === 'SQLiteInteger'),
		},
	]
})

/** What has no key at all. */
export const keylessTables = realTables.filter((table) => keysOf(table).length === 0)

function wayOf(table: TableFacts, key: readonly number[]): Way {
	const primary = primaryKeyOf(table)
	const isAsked = (place: number) => key.includes(place)
	const isWritable = ({ generated }: ColumnFacts, place: number) => !generated && !isSelf(table, place)
	const isMadeUp = (column: ColumnFacts, place: number) => primary.includes(place) && isId(column)
	const valuesFor = (n: number, takes: (column: ColumnFacts, place: number) => boolean): Values =>
		Object.fromEntries(
			table.columns.flatMap((column, place) =>
				isWritable(column, place) && takes(column, place) ? [[propertyOf(place), nthValueOf(column, n)]] : [],
			),
		)
	return {
		by: key.map(propertyOf),
		whole: (n) => valuesFor(n, (column, place) => isAsked(place) || !isMadeUp(column, place)),
		least: (n) => valuesFor(n, (column, place) => isAsked(place) || isNeeded(column)),
		change: (n) =>
			valuesFor(
				n + CHANGED,
				({ onUpdateFn }, place) => !isAsked(place) && !primary.includes(place) && !onUpdateFn,
			),
	}
}

function propertiesOf(table: TableFacts, test: (column: ColumnFacts) => boolean): string[] {
	return table.columns.flatMap((column, place) => (test(column) ? [propertyOf(place)] : []))
}
