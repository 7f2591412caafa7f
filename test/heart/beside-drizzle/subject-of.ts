import { getTableColumns } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Subject, Values } from './subject.ts'

/** The nth value of each column that can be written, by property. */
export type NthValues = Readonly<Record<string, (n: number) => unknown>>

/** From the values of a row to those that it is changed to. */
const CHANGED = 10

/** A table, made as many times as there are names for it, asked by each of its keys that can be given. */
export function subjectOf(
	name: string,
	make: (name: string) => SQLiteTable,
	nth: NthValues,
	more: Partial<Subject> = {},
): Subject {
	const served = make(`${name}_served`)
	const columns = Object.entries<SQLiteColumn>(getTableColumns(served))
	const { primary, others } = keysOf(served)
	const keys = [...(primary.length > 0 ? [primary] : []), ...others]
	const valuesFor = (n: number, takes: (column: SQLiteColumn, property: string) => boolean): Values =>
		Object.fromEntries(
			columns.flatMap(([property, column]) => {
				const value = Object.hasOwn(nth, property) ? nth[property] : undefined
				return value && takes(column, property) ? [[property, value(n)]] : []
			}),
		)
	const isNeeded = ({ notNull, hasDefault }: SQLiteColumn) => notNull && !hasDefault
	return {
		name,
		served,
		plain: make(`${name}_plain`),
		keys,
		primary,
		ways: keys
			.filter((key) => key.every((property) => Object.hasOwn(nth, property)))
			.map((by) => ({
				by,
				whole: (n) =>
					valuesFor(n, (column, property) => by.includes(property) || !(column.primary && column.hasDefault)),
				least: (n) => valuesFor(n, (column, property) => by.includes(property) || isNeeded(column)),
				change: (n) =>
					valuesFor(
						n + CHANGED,
						({ onUpdateFn }, property) =>
							!by.includes(property) && !primary.includes(property) && !onUpdateFn,
					),
			})),
		...more,
	}
}

/** Every key of columns alone, by their properties. */
function keysOf(table: SQLiteTable): { primary: string[]; others: string[][] } {
	const { columns, primaryKeys, uniqueConstraints, indexes } = getTableConfig(table)
	const properties = new Map(
		Object.entries<SQLiteColumn>(getTableColumns(table)).map(([property, { name }]) => [name, property]),
	)
	const propertiesOf = (members: readonly object[]) =>
		members.map((member) => ('name' in member && properties.get(String(member.name))) || 'no property')
	return {
		primary: propertiesOf(primaryKeys[0]?.columns ?? columns.filter((column) => column.primary)),
		others: [
			...columns.filter(({ isUnique }) => isUnique).map((column) => [column]),
			...uniqueConstraints.map((constraint) => constraint.columns),
			...indexes.map(({ config }) => config.columns),
		].map(propertiesOf),
	}
}
