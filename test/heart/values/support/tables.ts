import { sql } from 'drizzle-orm'
import {
	blob,
	customType,
	integer,
	numeric,
	primaryKey,
	real,
	type SQLiteColumnBuilder,
	sqliteTable,
	text,
	unique,
} from 'drizzle-orm/sqlite-core'

/** A type of columns of the user's own, without mappers. */
const named = (type: string) => customType<{ data: unknown }>({ dataType: () => type })()

/** The same with mappers, of which the one back may make another JavaScript type of what is stored. */
const mapped = (type: string, fromDriver: (stored: unknown) => unknown = (stored) => stored) =>
	customType<{ data: unknown; driverData: unknown }>({
		dataType: () => type,
		toDriver: (value) => value,
		fromDriver,
	})()

/** Types of columns, by a word for each. */
const TYPES = {
	real: () => real(),
	double: () => named('DOUBLE PRECISION'),
	float: () => mapped('float'),
	number: () => numeric({ mode: 'number' }),
	decimal: () => named('decimal(10,2)'),
	money: () => mapped('money'),
	fingerprint: () => named('fingerprint'),
	integer: () => integer(),
	bigNumeric: () => numeric({ mode: 'bigint' }),
	bigInteger: () => mapped('integer', (stored) => BigInt(Number.isNaN(stored) ? 0 : String(stored))),
	bigint: () => named('bigint'),
	numeric: () => numeric(),
	nocase: () => named('text COLLATE NOCASE'),
	rtrim: () => named('text COLLATE RTRIM'),
	json: () => text({ mode: 'json' }).$type<unknown>(),
	packed: () => blob({ mode: 'json' }).$type<unknown>(),
	text: () => text(),
	uuid: () => named('uuid'),
	string: () => named('STRING'),
	namedJson: () => named('json'),
	mappedUuid: () => mapped('uuid', String),
	mappedPrint: () => mapped('fingerprint', String),
	spoken: () =>
		customType<{ data: unknown; driverData: string }>({
			dataType: () => 'text',
			toDriver: JSON.stringify,
			fromDriver: JSON.parse,
		})(),
	rawBlob: () => mapped('blob'),
	floats: () =>
		customType<{ data: Float32Array; driverData: Uint8Array }>({
			dataType: () => 'blob',
			toDriver: (value) => new Uint8Array(new Float32Array(value).buffer),
			fromDriver: (stored) => new Float32Array(Uint8Array.from(stored).buffer),
		})(),
} satisfies Record<string, () => unknown>

export type TypeName = keyof typeof TYPES

/** What all of them have in common. */
function columnOf(type: TypeName): SQLiteColumnBuilder {
	return TYPES[type]() as SQLiteColumnBuilder
}

/** Rows with a value of a type beside their name. */
function heldTable(name: string, type: TypeName) {
	const value = columnOf(type)
	return sqliteTable(name, { name: text().primaryKey(), value })
}

/** Rows that a value of a type tells apart, together with a word, so that every test has its own; or alone. */
function keyTable(name: string, type: TypeName) {
	const value = columnOf(type)
	return sqliteTable(name, { scope: text().notNull(), value: value.notNull(), note: text() }, (table) => [
		primaryKey({ columns: [table.scope, table.value] }),
	])
}

function soleTable(name: string, type: TypeName) {
	const value = columnOf(type)
	return sqliteTable(name, { value: value.primaryKey(), note: text() })
}

const tablesOf = (type: TypeName) => ({
	held: heldTable(`held_${type}`, type),
	/** Nobody but Drizzle writes to it. */
	twin: heldTable(`twin_${type}`, type),
	key: keyTable(`key_${type}`, type),
	sole: soleTable(`sole_${type}`, type),
})

export const typed = Object.fromEntries(
	Object.keys(TYPES).map((type) => [type, tablesOf(type as TypeName)]),
) as Record<TypeName, ReturnType<typeof tablesOf>>

/** A primary key that is made up, beside a key that callers know. */
export const movables = sqliteTable('movables', {
	id: text()
		.primaryKey()
		.$defaultFn(() => crypto.randomUUID()),
	serial: text().notNull().unique(),
	note: text(),
})

export const numberedMovables = sqliteTable('numbered_movables', {
	id: integer().primaryKey(),
	serial: text().notNull().unique(),
	note: text(),
})

export const pairedMovables = sqliteTable(
	'paired_movables',
	{ left: text().notNull(), right: integer().notNull(), serial: text().notNull().unique(), note: text() },
	(table) => [primaryKey({ columns: [table.left, table.right] })],
)

/** Unique columns that may be null, alone and in a pair. */
export const logins = sqliteTable(
	'logins',
	{
		id: integer().primaryKey(),
		email: text().notNull().unique(),
		googleId: text('google_id').unique(),
		score: real().unique(),
		org: text(),
		badge: integer(),
		avatar: text(),
	},
	(table) => [unique().on(table.org, table.badge)],
)

/** Keys of collations of their own, beside another key. */
export const collated = sqliteTable('collated', {
	id: integer().primaryKey(),
	nocase: named('text COLLATE NOCASE').notNull().unique(),
	rtrim: named('text COLLATE RTRIM').notNull().unique(),
})

/** Text in a column of times, by its default. */
export const stamped = sqliteTable('stamped', {
	name: text().primaryKey(),
	at: integer({ mode: 'timestamp' }).notNull().default(sql`CURRENT_TIMESTAMP`),
})

/** All of them, by what they are called in a schema. */
export const valueTables = Object.fromEntries(
	[...Object.values(typed).flatMap((tables) => Object.values(tables)), ...others()].map(
		(table, place) => [`values${place}`, table] as const,
	),
)

function others() {
	return [movables, numberedMovables, pairedMovables, logins, collated, stamped]
}
