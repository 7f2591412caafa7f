import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Subject } from '../subject.ts'
import { subjectOf } from '../subject-of.ts'
import { word } from './nth.ts'
import { type ColumnType, columnOf, columnTypes, vector } from './types.ts'

/** A type as the primary key, as a unique column that may be null, and as what tells no rows apart. */
function typedSubject(name: string, type: ColumnType): Subject {
	const { nth, change } = type
	const value = change ? (n: number) => (n > 10 ? change[1] : change[0]) : nth
	const make = (table: string) =>
		sqliteTable(table, {
			key: columnOf(type).primaryKey(),
			other: columnOf(type).unique(),
			value: columnOf(type).notNull(),
			empty: columnOf(type),
		})
	return subjectOf(`type_${name}`, make, {
		key: nth,
		other: nth,
		value,
		empty: (n) => (n > 10 ? null : value(n)),
	})
}

export const vectors = subjectOf(
	'vectors',
	(name) =>
		sqliteTable(name, { name: text().primaryKey(), place: vector().notNull(), other: vector('FLOAT32(3)') }),
	{
		name: word,
		place: (n) => [n, 0.5, -1],
		other: (n) => (n > 10 ? null : new Float32Array([n, 0.25, 3])),
	},
)

export const typedSubjects: Subject[] = Object.entries(columnTypes).map(([name, type]) =>
	typedSubject(name, type),
)
