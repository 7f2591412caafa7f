import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import {
	blob,
	integer,
	numeric,
	primaryKey,
	real,
	type SQLiteTable,
	sqliteTable,
	text,
	unique,
	uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { type ColumnType, columnOf, columnTypes, nocase, vector } from './column-types.ts'
import type { Subject } from './subject.ts'
import { subjectOf } from './subject-of.ts'

// Tables that people have, held beside plain Drizzle.

const id = (n: number) => 100 + n
const word = (n: number) => `word ${n}`
const whole = (n: number) => 7 * n
const time = (n: number) => new Date(1_000_000 * n)

/** A type as the primary key, as a unique column that may be null, and as what tells no rows apart. */
function typeSubject(name: string, type: ColumnType): Subject {
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

const vectors = subjectOf(
	'vectors',
	(name) => sqliteTable(name, { name: text().primaryKey(), place: vector().notNull(), other: vector() }),
	{
		name: word,
		place: (n) => [n, 0.5, -1],
		other: (n) => (n > 10 ? null : new Float32Array([n, 0.25, 3])),
	},
)

const defaults = subjectOf(
	'defaults',
	(name) =>
		sqliteTable(name, {
			id: integer().primaryKey(),
			name: text().notNull().unique(),
			word: text().notNull().default('x'),
			empty: text().default(''),
			five: integer().notNull().default(5),
			zero: integer().default(0),
			dynamic: integer().$default(() => 6),
			called: integer()
				.notNull()
				.$defaultFn(() => 7),
			both: text()
				.default('constant')
				.$defaultFn(() => 'function'),
			half: real().notNull().default(0.5),
			whole: real().default(3),
			flag: integer({ mode: 'boolean' }).notNull().default(true),
			off: integer({ mode: 'boolean' }).default(false),
			seconds: integer({ mode: 'timestamp' }).notNull().default(new Date(1500)),
			milliseconds: integer({ mode: 'timestamp_ms' }).default(new Date(1500)),
			since: integer({ mode: 'timestamp' }).notNull().default(sql`(1000 + 1000)`),
			computed: text().notNull().default(sql`(lower('X'))`),
			number: integer().default(sql`(1 + 1)`),
			list: text({ mode: 'json' }).$type<unknown>().notNull().default([]),
			packed: blob({ mode: 'json' })
				.$type<unknown>()
				.default({ a: [1] }),
			bytes: blob({ mode: 'buffer' }).default(Buffer.from([0, 255])),
			price: numeric().notNull().default('12.50'),
			size: numeric({ mode: 'number' }).default(1.5),
		}),
	{
		id,
		name: word,
		word,
		empty: word,
		five: whole,
		zero: whole,
		dynamic: whole,
		called: whole,
		both: word,
		half: (n) => n / 8,
		whole,
		flag: (n) => n > 10,
		off: (n) => n > 10,
		seconds: time,
		milliseconds: time,
		since: time,
		computed: word,
		number: whole,
		list: (n) => [n],
		packed: (n) => [n],
		bytes: (n) => Buffer.from([n]),
		price: (n) => `${n}.75`,
		size: whole,
	},
)

const touched = subjectOf(
	'touched',
	(name) => {
		const table: SQLiteTable = sqliteTable(name, {
			id: integer().primaryKey(),
			name: text().notNull().unique(),
			note: text(),
			counter: integer()
				.notNull()
				.default(0)
				.$onUpdate((): SQL => sql`${getTableColumns(table)['counter']} + 1`),
			revision: integer()
				.default(sql`1`)
				.$onUpdateFn(() => sql`revision + 1`),
			times: integer({ mode: 'timestamp_ms' }).$onUpdate(() => new Date(5000)),
			seconds: integer({ mode: 'timestamp' })
				.notNull()
				.default(new Date(1000))
				.$onUpdateFn(() => new Date(6000)),
			state: text()
				.notNull()
				.$defaultFn(() => 'new')
				.$onUpdate(() => 'changed'),
			last: text()
				.default('')
				.$onUpdate((): SQL => sql`(SELECT ${getTableColumns(table)['note']} || '!')`),
		})
		return table
	},
	{
		id,
		name: word,
		note: word,
		counter: whole,
		revision: whole,
		times: time,
		seconds: time,
		state: word,
		last: word,
	},
)

const generated = subjectOf(
	'generated',
	(name) =>
		sqliteTable(name, {
			id: integer().primaryKey(),
			name: text().notNull().unique(),
			size: integer(),
			upper: text().notNull().generatedAlwaysAs(sql`upper(name)`, { mode: 'stored' }),
			twice: integer().generatedAlwaysAs(sql`size * 2`, { mode: 'virtual' }),
			half: real().generatedAlwaysAs(sql`size / 2.0`),
			flag: integer({ mode: 'boolean' }).generatedAlwaysAs(sql`size > 20`),
		}),
	{ id, name: word, size: whole },
)

/** A key that the database computes, and no caller can give. */
const computedKeys = (['stored', 'virtual'] as const).map((mode) =>
	subjectOf(
		`computed_key_${mode}`,
		(name) =>
			sqliteTable(name, {
				id: integer().primaryKey(),
				name: text().notNull(),
				folded: text().generatedAlwaysAs(sql`lower(name)`, { mode }).unique(),
				note: text(),
			}),
		{ id, name: word, note: word },
		{ computedFrom: { folded: 'name' } },
	),
)

const INHERITED = ['constructor', 'valueOf', 'toString', '__proto__', 'hasOwnProperty']

/** drizzle-kit can't make all of these tables, and Drizzle itself mixes up what rows have and what every object has: its twin has the columns under other properties. */
function inheriting(columns: (propertyOf: (name: string) => string) => (name: string) => SQLiteTable) {
	return (name: string): SQLiteTable =>
		columns((column) => (name.endsWith('_plain') ? `twin_${column}` : column))(name)
}

const inheritedColumns = subjectOf(
	'inherited_columns',
	inheriting(
		(propertyOf) => (name) =>
			sqliteTable(name, {
				id: integer().primaryKey(),
				...Object.fromEntries(INHERITED.map((column) => [propertyOf(column), text(column)])),
				[propertyOf('isPrototypeOf')]: text('isPrototypeOf').notNull().default('none'),
			}),
	),
	{ id, ...Object.fromEntries([...INHERITED, 'isPrototypeOf'].map((column) => [column, word])) },
	{
		create: (name) =>
			`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, ${INHERITED.map((column) => `${column} TEXT`).join()}, isPrototypeOf TEXT NOT NULL DEFAULT 'none')`,
	},
)

const inheritedKeys = INHERITED.map((column) =>
	subjectOf(
		`inherited_key_${column}`,
		inheriting(
			(propertyOf) => (name) =>
				sqliteTable(
					name,
					Object.fromEntries([
						[propertyOf(column), text(column).primaryKey()],
						['note', text()],
					]),
				),
		),
		Object.fromEntries([column, 'note'].map((property) => [property, word])),
		{ create: (name) => `CREATE TABLE ${name} (${column} TEXT PRIMARY KEY NOT NULL, note TEXT)` },
	),
)

/** Columns that are called otherwise in SQL, and columns that have no name but their property. */
const renamed = subjectOf(
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

/** No key that every row has. */
const nullableKeys = subjectOf(
	'nullable_keys',
	(name) =>
		sqliteTable(
			name,
			{
				googleId: text('google_id').unique(),
				phone: integer().unique(),
				org: text(),
				badge: integer(),
				avatar: text(),
			},
			(table) => [unique().on(table.org, table.badge)],
		),
	{ googleId: word, phone: whole, org: word, badge: whole, avatar: (n) => (n > 10 ? null : word(n)) },
)

const mixedKeys = subjectOf(
	'mixed_keys',
	(name) =>
		sqliteTable(
			name,
			{
				tenant: text().notNull(),
				number: integer().notNull(),
				at: integer({ mode: 'timestamp_ms' }).notNull(),
				open: integer({ mode: 'boolean' }).notNull(),
				bytes: blob({ mode: 'buffer' }).notNull(),
				ratio: real().notNull(),
				amount: numeric(),
				folded: nocase(),
				note: text(),
			},
			(table) => [
				primaryKey({ columns: [table.tenant, table.number] }),
				unique().on(table.at, table.open, table.tenant),
				uniqueIndex(`${name}_bytes`).on(table.bytes, table.ratio),
				uniqueIndex(`${name}_amount`).on(table.folded, table.amount),
			],
		),
	{
		tenant: (n) => `t,${n}`,
		number: whole,
		at: time,
		open: (n) => n > 10,
		bytes: (n) => Buffer.from([n]),
		ratio: (n) => n + 0.1,
		amount: (n) => `${n}.5`,
		folded: (n) => `Word${n}`,
		note: word,
	},
)

export const filledKeys = subjectOf(
	'filled_keys',
	(name) =>
		sqliteTable(
			name,
			{
				id: integer().primaryKey(),
				region: text().notNull().default('eu'),
				code: integer().notNull().default(1),
				note: text(),
			},
			(table) => [unique().on(table.region, table.code)],
		),
	{ id, region: word, code: whole, note: word },
)

/** The kinds of columns of a wide table, each with its nth value. */
const WIDE: Pick<ColumnType, 'builder' | 'nth'>[] = [
	{ builder: () => text(), nth: word },
	{ builder: () => integer().default(5), nth: whole },
	{ builder: () => text().$defaultFn(() => 'function'), nth: word },
	{ builder: () => real(), nth: (n) => n + 0.1 },
	{ builder: () => text().default(sql`(lower('X'))`), nth: word },
	{ builder: () => integer({ mode: 'timestamp' }), nth: time },
	{ builder: () => text({ mode: 'json' }), nth: (n) => ({ n }) },
	{ builder: () => numeric(), nth: (n) => `${n}.25` },
	{ builder: () => text().default('x'), nth: (n) => (n % 2 === 0 ? null : word(n)) },
	{ builder: () => integer({ mode: 'boolean' }).notNull().default(true), nth: (n) => n % 2 === 0 },
]
const wideColumns = Array.from({ length: 59 }, (_, place) => {
	const kind = WIDE[place % WIDE.length]
	if (!kind) throw new Error('there is no such kind')
	return [`c${place}`, kind] as const
})

export const wide = subjectOf(
	'wide',
	(name) =>
		sqliteTable(name, {
			code: text().primaryKey(),
			...Object.fromEntries(wideColumns.map(([property, type]) => [property, columnOf(type)])),
		}),
	{
		code: word,
		...Object.fromEntries(wideColumns.map(([property, { nth }]) => [property, nth])),
	},
)

export const columnSubjects: Subject[] = [
	...Object.entries(columnTypes).map(([name, type]) => typeSubject(name, type)),
	vectors,
	defaults,
	touched,
	generated,
	...computedKeys,
	inheritedColumns,
	...inheritedKeys,
	renamed,
	nullableKeys,
	mixedKeys,
	filledKeys,
	wide,
]
