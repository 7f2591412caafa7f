import { integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { subjectOf } from '../subject-of.ts'
import { id, whole, word } from './nth.ts'

const INHERITED = ['constructor', 'valueOf', 'toString', '__proto__', 'hasOwnProperty']

/** Drizzle mixes up what rows have and what every object has: the twin has the columns under other properties. */
function propertyIn(table: string, column: string): string {
	return table.endsWith('_plain') ? `twin_${column}` : column
}

// drizzle-kit can't make a column that is called __proto__.

export const inheritedColumns = subjectOf(
	'inherited_columns',
	(name) =>
		sqliteTable(name, {
			id: integer().primaryKey(),
			...Object.fromEntries(INHERITED.map((column) => [propertyIn(name, column), text(column)])),
			[propertyIn(name, 'isPrototypeOf')]: text('isPrototypeOf').notNull().default('none'),
		}),
	{ id, ...Object.fromEntries([...INHERITED, 'isPrototypeOf'].map((column) => [column, word])) },
	{
		create: (name) =>
			`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, ${INHERITED.join(' TEXT, ')} TEXT, isPrototypeOf TEXT NOT NULL DEFAULT 'none')`,
	},
)

export const inheritedKeys = INHERITED.map((column) =>
	subjectOf(
		`inherited_key_${column}`,
		(name) => sqliteTable(name, { [propertyIn(name, column)]: text(column).primaryKey(), note: text() }),
		{ [column]: word, note: word },
		{ create: (name) => `CREATE TABLE ${name} (${column} TEXT PRIMARY KEY NOT NULL, note TEXT)` },
	),
)

/** Columns that are called otherwise in SQL, and columns that have no name but their property. */
export const renamed = subjectOf(
	'renamed',
	(name) =>
		sqliteTable(
			name,
			{
				userId: integer('user_id').primaryKey(),
				googleId: text('google_id').unique(),
				camelCase: text().notNull().unique(),
				order: text('group').notNull(),
				group: integer('order').notNull(),
				'a-b c': text('odd "name", of a \'column\''),
				value: text('key'),
				key: text('value').default('v'),
				größe: integer('größe'),
			},
			(table) => [unique().on(table.order, table.group)],
		),
	{
		userId: id,
		googleId: word,
		camelCase: word,
		order: word,
		group: whole,
		'a-b c': word,
		value: word,
		key: word,
		größe: whole,
	},
)

const TAKEN = [
	'type',
	'atom',
	'id',
	'parent',
	'fullkey',
	'path',
	'json',
	'root',
	'excluded',
	'found',
	'item',
	'created',
]

/** Columns that are called what statements over JSON, or SQLite itself, call theirs. */
export const takenNames = subjectOf(
	'taken_names',
	(name) =>
		sqliteTable(name, {
			key: text().primaryKey(),
			value: integer().notNull(),
			...Object.fromEntries(TAKEN.map((column) => [column, text()])),
			rowid: text().unique(),
		}),
	{ key: word, value: whole, ...Object.fromEntries([...TAKEN, 'rowid'].map((column) => [column, word])) },
)
