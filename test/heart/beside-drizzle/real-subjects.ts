import { type ColumnFacts, isId, nthValueOf } from '../../support/real-columns.ts'
import {
	isNeeded,
	keysOf,
	primaryKeyOf,
	propertyOf,
	realTables,
	type TableFacts,
	tableOf,
} from '../../support/real-tables.ts'
import type { Subject, Values, Way } from './subject.ts'

/** From the values of a row to those that it is changed to. */
const CHANGED = 10

/** Every table of public projects that has a key, asked by each of its keys. */
export const realSubjects: Subject[] = realTables.flatMap((facts) => {
	// What rows refer to is not known.
	const table = { ...facts, foreign: [] }
	const keys = [...new Map(keysOf(table).map((key) => [key.join(), key])).values()]
	if (keys.length === 0) return []
	return [
		{
			name: table.table,
			served: tableOf(`${table.table}_served`, table),
			plain: tableOf(`${table.table}_plain`, table),
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
	const isMadeUp = (column: ColumnFacts, place: number) => primary.includes(place) && isId(column)
	const valuesFor = (n: number, takes: (column: ColumnFacts, place: number) => boolean): Values =>
		Object.fromEntries(
			table.columns.flatMap((column, place) =>
				!column.generated && takes(column, place) ? [[propertyOf(place), nthValueOf(column, n)]] : [],
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
