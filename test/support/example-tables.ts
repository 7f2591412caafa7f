import { sql } from 'drizzle-orm'
import {
	blob,
	customType,
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
import { typed } from '../heart/values/support/tables.ts'

// Tables for which an example is not easily found: for keys that have few values, and types that only their mappers know.

const id = () => integer().primaryKey()

export const letters = sqliteTable('letters', { letter: text({ length: 1 }).primaryKey(), label: text() })
export const shortNames = sqliteTable('short_names', {
	id: id(),
	name: text({ length: 2 }).notNull().unique(),
	email: text({ length: 3 }).notNull().unique(),
	initials: text({ length: 4 }).notNull(),
})
export const emptyTexts = sqliteTable('empty_texts', { nothing: text({ length: 0 }).primaryKey() })
export const dottedChoices = sqliteTable('dotted_choices', { path: text({ enum: ['.', '..'] }).primaryKey() })
export const choices = sqliteTable('choices', { size: text({ enum: ['s', 'm', 'l'] }).primaryKey() })
export const soleChoices = sqliteTable('sole_choices', {
	kind: text({ enum: ['only'] }).primaryKey(),
	note: text().notNull(),
})
export const soleChoicesBesideAnId = sqliteTable('sole_choices_beside_an_id', {
	id: id(),
	kind: text({ enum: ['only'] }).unique(),
})
export const soleChoicesInAPair = sqliteTable(
	'sole_choices_in_a_pair',
	{ kind: text({ enum: ['only'] }).notNull(), number: integer().notNull() },
	(table) => [primaryKey({ columns: [table.kind, table.number] })],
)
export const flags = sqliteTable('flags', {
	on: integer({ mode: 'boolean' }).primaryKey(),
	open: integer({ mode: 'boolean' }).notNull().unique(),
})
export const switches = sqliteTable(
	'switches',
	{ on: integer({ mode: 'boolean' }).notNull(), kind: text({ enum: ['a', 'b'] }).notNull() },
	(table) => [unique().on(table.on, table.kind)],
)
export const times = sqliteTable('times', {
	at: integer({ mode: 'timestamp' }).primaryKey(),
	seen: integer({ mode: 'timestamp_ms' }).notNull().unique(),
})
export const binaryKeys = sqliteTable('binary_keys', {
	bytes: blob({ mode: 'buffer' }).primaryKey(),
	big: blob({ mode: 'bigint' }).notNull().unique(),
	packed: blob({ mode: 'json' }).$type<unknown>().notNull().unique(),
})
export const binaryPairs = sqliteTable(
	'binary_pairs',
	{ bytes: blob({ mode: 'buffer' }).notNull(), at: integer({ mode: 'timestamp' }).notNull() },
	(table) => [primaryKey({ columns: [table.bytes, table.at] })],
)
export const numberKeys = sqliteTable('number_keys', {
	huge: numeric({ mode: 'bigint' }).primaryKey(),
	amount: numeric().notNull().unique(),
	size: numeric({ mode: 'number' }).notNull().unique(),
	ratio: real().notNull().unique(),
})
export const jsonPrimaryKeys = sqliteTable('json_primary_keys', {
	value: text({ mode: 'json' }).$type<unknown>().primaryKey(),
})
export const jsonPairs = sqliteTable(
	'json_pairs',
	{ value: text({ mode: 'json' }).$type<unknown>().notNull(), label: text().notNull() },
	(table) => [primaryKey({ columns: [table.value, table.label] })],
)

export const loneIds = sqliteTable('lone_ids', { id: id() })
export const labelledIds = sqliteTable('labelled_ids', { id: id(), label: text(), note: text().notNull() })
export const countedIds = sqliteTable('counted_ids', {
	id: integer().primaryKey({ autoIncrement: true }),
	label: text(),
})
export const madeUpIds = sqliteTable('made_up_ids', {
	id: text()
		.primaryKey()
		.$defaultFn(() => crypto.randomUUID()),
	label: text(),
})
export const madeUpIdsBesideAKey = sqliteTable('made_up_ids_beside_a_key', {
	id: text().primaryKey().default(sql`(lower(hex(randomblob(16))))`),
	serial: text().notNull().unique(),
})
export const singletons = sqliteTable('singletons', { id: id().default(1), title: text() })

/** Rows that leave everything out would be one. */
export const filledKeys = sqliteTable(
	'filled_keys',
	{ id: id(), region: text().default('eu'), code: integer().default(1), note: text() },
	(table) => [unique().on(table.region, table.code)],
)
export const filledBesideAKey = sqliteTable(
	'filled_beside_a_key',
	{
		id: id(),
		name: text().notNull().unique(),
		turn: integer().notNull().default(1).unique(),
		shift: text().default(sql`(lower('X'))`).unique(),
		shelf: text().notNull().default('x'),
		size: integer().notNull().default(3),
	},
	(table) => [uniqueIndex('filled_expression').on(table.shelf, sql`${table.size} / 10`)],
)
export const nullableKeys = sqliteTable(
	'nullable_keys',
	{ id: id(), googleId: text('google_id').unique(), org: text(), badge: integer() },
	(table) => [unique().on(table.org, table.badge)],
)
export const computedKeys = sqliteTable('computed_keys', {
	id: id(),
	first: text().notNull(),
	folded: text().generatedAlwaysAs(sql`lower(first)`).unique(),
	stored: text().notNull().generatedAlwaysAs(sql`upper(first)`, { mode: 'stored' }),
})
/** Its hidden key is the same in every row. */
export const hiddenKeys = sqliteTable('hidden_keys', {
	id: id(),
	name: text().notNull().unique(),
	tenant: text().notNull().default('only').unique(),
})

/** Constants of every type, which come back as their columns hold them. */
export const constants = sqliteTable('constants', {
	name: text().primaryKey(),
	word: text().default('x'),
	choice: text({ enum: ['a', 'b'] })
		.notNull()
		.default('b'),
	whole: integer().notNull().default(5),
	half: real().notNull().default(0.5),
	flag: integer({ mode: 'boolean' }).notNull().default(true),
	seconds: integer({ mode: 'timestamp' }).notNull().default(new Date(1500)),
	milliseconds: integer({ mode: 'timestamp_ms' }).default(new Date(1500)),
	json: text({ mode: 'json' })
		.$type<unknown>()
		.default({ a: [1] }),
	packed: blob({ mode: 'json' }).$type<unknown>().default([]),
	bytes: blob({ mode: 'buffer' }).default(Buffer.from([0, 255])),
	price: numeric().notNull().default('12.50'),
	zero: numeric().notNull().default('0.00'),
	size: numeric({ mode: 'number' }).default(1.5),
	cents: customType<{ data: number; driverData: number }>({
		dataType: () => 'integer',
		toDriver: (value) => Math.round(value * 100),
		fromDriver: (stored) => stored / 100,
	})().default(1.25),
	made: text()
		.notNull()
		.$defaultFn(() => crypto.randomUUID()),
	touched: integer({ mode: 'timestamp' }).$onUpdate(() => new Date()),
	stamp: text().default(sql`CURRENT_TIMESTAMP`),
})

/** Columns that have the names of what every object has. */
export const inheritedNames = sqliteTable('inherited_names', {
	id: id(),
	constructor: text('maker').notNull().unique(),
	valueOf: integer('worth'),
	toString: text('words').default('none'),
})

const plainType = (type: string) => customType<{ data: unknown }>({ dataType: () => type })
// To a mapper comes whatever a caller sends, and whatever is stored.
const type = (sqlType: string, toDriver: (value: never) => unknown, fromDriver: (stored: never) => unknown) =>
	customType<{ data: unknown; driverData: unknown }>({
		dataType: () => sqlType,
		toDriver: (value) => toDriver(value as never),
		fromDriver: (stored) => fromDriver(stored as never),
	})

const email = type(
	'text',
	(value: string) => {
		if (!/^\S+@\S+$/.test(value)) throw new Error('no address')
		return value.toLowerCase()
	},
	(stored: string) => stored,
)
const day = type(
	'text',
	(value: Date) => value.toISOString(),
	(stored: string) => new Date(stored),
)
const bigId = type(
	'integer',
	(value: bigint) => value,
	(stored: number) => BigInt(stored),
)
const cents = type(
	'integer',
	(value: number) => Math.round(value * 100),
	(stored: number) => stored / 100,
)
const words = type(
	'text',
	(value: string[]) => value.join(' '),
	(stored: string) => stored.split(' '),
)
const yesOrNo = type(
	'text',
	(value: boolean) => (value ? 'Y' : 'N'),
	(stored: string) => stored === 'Y',
)
const uuid = type(
	'blob',
	(value: string) => Buffer.from(value.replaceAll('-', ''), 'hex'),
	(stored: Uint8Array) =>
		Buffer.from(stored)
			.toString('hex')
			.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
)
const bytes = type(
	'blob',
	(value: Uint8Array) => {
		if (!(value instanceof Uint8Array)) throw new Error('no bytes')
		return value
	},
	(stored: Uint8Array) => new Uint8Array(stored),
)
const floats = type(
	'blob',
	(value: number[]) => Buffer.from(new Float32Array(value).buffer),
	(stored: Uint8Array) => [...new Float32Array(new Uint8Array(stored).buffer)],
)
const settings = type(
	'text',
	(value: object) => JSON.stringify(value),
	(stored: string) => JSON.parse(stored) as unknown,
)
const point = type(
	'text',
	({ x, y }: { x: number; y: number }) => `${x},${y}`,
	(stored: string) => ({ x: Number(stored.split(',')[0]), y: Number(stored.split(',')[1]) }),
)
const vector = type(
	'F32_BLOB(3)',
	(value: number[]) => sql`vector32(${JSON.stringify(value)})`,
	(stored: Uint8Array) => new Float32Array(new Uint8Array(stored).buffer),
)
const MOODS = ['glum', 'merry']
const mood = type(
	'integer',
	(value: string) => {
		if (!MOODS.includes(value)) throw new Error('no mood')
		return MOODS.indexOf(value)
	},
	(stored: number) => MOODS[stored],
)

/** A table for each type of a user's own, which is its key. */
export const customKeys = {
	nocase: sqliteTable('custom_nocase', { key: plainType('text COLLATE NOCASE')().primaryKey() }),
	decimal: sqliteTable('custom_decimal', { key: plainType('decimal(10,2)')().primaryKey() }),
	plainUuid: sqliteTable('custom_plain_uuid', { key: plainType('uuid')().primaryKey() }),
	plainBlob: sqliteTable('custom_plain_blob', { key: plainType('blob')().primaryKey() }),
	email: sqliteTable('custom_email', { key: email().primaryKey() }),
	day: sqliteTable('custom_day', { key: day().primaryKey() }),
	bigId: sqliteTable('custom_big_id', { key: bigId().primaryKey() }),
	cents: sqliteTable('custom_cents', { key: cents().primaryKey() }),
	words: sqliteTable('custom_words', { key: words().primaryKey() }),
	yesOrNo: sqliteTable('custom_yes_or_no', { key: yesOrNo().primaryKey() }),
	uuid: sqliteTable('custom_uuid', { key: uuid().primaryKey() }),
	bytes: sqliteTable('custom_bytes', { key: bytes().primaryKey() }),
	floats: sqliteTable('custom_floats', { key: floats().primaryKey() }),
	settings: sqliteTable('custom_settings', { key: settings().primaryKey() }),
	pair: sqliteTable('custom_pair', { one: day().notNull(), other: cents().notNull() }, (table) => [
		primaryKey({ columns: [table.one, table.other] }),
	]),
	/** Of which no two examples are known that are not the same. */
	point: sqliteTable('custom_point', { key: point().primaryKey() }),
}

export const pointed = sqliteTable('pointed', {
	id: id(),
	name: text().notNull().unique(),
	at: point().notNull(),
})
export const vectors = sqliteTable('vectors', { name: text().primaryKey(), embedding: vector().notNull() })
export const moods = sqliteTable('moods', { name: text().primaryKey(), mood: mood().notNull() })
export const nullableMoods = sqliteTable('nullable_moods', { name: text().primaryKey(), mood: mood() })

/** Keys of types by name, and parts of keys. */
export const typedKeys = Object.fromEntries(
	Object.entries(typed).flatMap(([name, { key, sole }]): [string, SQLiteTable][] => [
		[`${name}Key`, key],
		[`${name}Sole`, sole],
	]),
)
