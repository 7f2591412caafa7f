import { sql } from 'drizzle-orm'
import {
	type AnySQLiteColumn,
	blob,
	check,
	customType,
	integer,
	numeric,
	primaryKey,
	real,
	sqliteTable,
	text,
	unique,
	uniqueIndex,
} from 'drizzle-orm/sqlite-core'

// A table of each kind that a user may define. The product's own are in src/schema.ts.

/** A unique key of several columns. */
export const memberships = sqliteTable(
	'memberships',
	{
		id: integer().primaryKey(),
		team: text().notNull(),
		person: text().notNull(),
		role: text({ enum: ['owner', 'member'] })
			.notNull()
			.default('member'),
		note: text(),
	},
	(table) => [unique().on(table.team, table.person)],
)

/** A text primary key that callers choose. */
export const tags = sqliteTable('tags', { slug: text().primaryKey(), label: text() })

/** A generated text primary key, and columns that Drizzle or the database fills in. */
export const devices = sqliteTable('devices', {
	id: text()
		.primaryKey()
		.$defaultFn(() => crypto.randomUUID()),
	serial: text().notNull().unique(),
	name: text().notNull().default('unnamed'),
	firstSeen: integer('first_seen', { mode: 'timestamp' }).notNull().default(sql`(unixepoch())`),
	revision: integer()
		.notNull()
		.default(0)
		.$onUpdateFn(() => sql`revision + 1`),
	changed: integer({ mode: 'timestamp_ms' })
		.$defaultFn(() => new Date(0))
		.$onUpdate(() => new Date(1_000)),
})

/** A primary key of several columns. */
export const places = sqliteTable(
	'places',
	{ country: text().notNull(), code: integer().notNull(), name: text() },
	(table) => [primaryKey({ columns: [table.country, table.code] })],
)

/** Every kind of value. */
export const samples = sqliteTable('samples', {
	id: integer().primaryKey(),
	label: text().notNull().unique(),
	at: integer({ mode: 'timestamp_ms' }),
	ratio: real(),
	flag: integer({ mode: 'boolean' }),
	payload: text({ mode: 'json' }).$type<unknown>(),
	packed: blob({ mode: 'json' }).$type<unknown>(),
	bytes: blob({ mode: 'buffer' }),
	big: blob({ mode: 'bigint' }),
	amount: numeric(),
	score: numeric({ mode: 'number' }),
	huge: numeric({ mode: 'bigint' }),
	doubled: text().generatedAlwaysAs(sql`label || label`),
})

/** Bytes and times as keys. */
export const digests = sqliteTable('digests', {
	id: integer().primaryKey(),
	hash: blob({ mode: 'buffer' }).notNull().unique(),
	at: integer({ mode: 'timestamp' }).notNull().unique(),
})

/** A parent that must be there, and rules that rows must keep. */
export const orders = sqliteTable(
	'orders',
	{
		id: integer().primaryKey(),
		number: text().notNull().unique(),
		tag: text().references(() => tags.slug),
		low: integer().notNull().default(0),
		high: integer().notNull().default(10),
	},
	(table) => [check('low_must_be_below_high', sql`${table.low} < ${table.high}`)],
)

const nocase = customType<{ data: string }>({ dataType: () => 'text COLLATE NOCASE' })

/** A key that compares without case. */
export const handles = sqliteTable('handles', {
	id: integer().primaryKey(),
	handle: nocase().notNull().unique(),
	bio: text(),
})

/** Unique indexes over a part of the rows and over an expression: not to be asked by. */
export const drafts = sqliteTable(
	'drafts',
	{
		id: integer().primaryKey(),
		path: text().notNull().unique(),
		title: text().notNull(),
		live: integer({ mode: 'boolean' }).notNull().default(false),
	},
	(table) => [
		uniqueIndex('drafts_live_title').on(table.title).where(sql`live = 1`),
		uniqueIndex('drafts_lower_path').on(sql`lower(${table.path})`),
	],
)

/** Ids that are never used twice. */
export const tickets = sqliteTable('tickets', {
	id: integer().primaryKey({ autoIncrement: true }),
	code: text().notNull().unique(),
	seat: text().notNull().unique(),
})

/** For one test file alone, which looks at ids in a row: with ids that are never used twice, and without. */
export const turns = sqliteTable('turns', {
	id: integer().primaryKey({ autoIncrement: true }),
	code: text().notNull().unique(),
	seat: text().notNull().unique(),
})
export const seats = sqliteTable('seats', {
	id: integer().primaryKey(),
	code: text().notNull().unique(),
	seat: text().notNull().unique(),
})

/** Triggers: `total` is filled in after the insert, and a forbidden name is refused. */
export const audited = sqliteTable('audited', {
	id: integer().primaryKey(),
	name: text().notNull().unique(),
	total: integer().notNull().default(0),
})

/** Names that need quoting, and clash with the aliases of our own statements. */
export const item = sqliteTable('item', {
	key: integer('key').primaryKey(),
	value: text('value').notNull().unique(),
	found: text('select "from"'),
})

/** What is counted and kept of a page. */
export const pages = sqliteTable('pages', {
	slug: text().primaryKey(),
	title: text().notNull().default('untitled'),
	views: integer().notNull().default(0),
	likes: integer(),
	rating: real(),
	total: numeric({ mode: 'bigint' }),
	seenAt: integer({ mode: 'timestamp' }),
	firstSeenAt: integer({ mode: 'timestamp' }),
})

/** A trigger counts the updates of each row: `turns`. */
export const tallies = sqliteTable('tallies', {
	slug: text().primaryKey(),
	count: integer().notNull().default(0),
	turns: integer().notNull().default(0),
})

/** Two unique keys and a value, for random histories. */
export const pairs = sqliteTable('pairs', {
	id: integer().primaryKey(),
	a: text().notNull().unique(),
	b: text().notNull().unique(),
	v: integer(),
})

/** Refused at start-up: its only natural key may be NULL. */
export const nullableKey = sqliteTable('nullable_key', { id: integer().primaryKey(), email: text().unique() })

/** Refused at start-up: nothing tells its rows apart. */
export const keyless = sqliteTable('keyless', { id: integer(), body: text().notNull() })

/** Rows that hold rows: three tables deep, in a circle, of the same table, by a key that is no id. */
export const countries = sqliteTable('countries', {
	id: integer().primaryKey(),
	code: text({ length: 20 }).notNull().unique(),
	name: text(),
})
export const authors = sqliteTable(
	'authors',
	{
		id: integer().primaryKey(),
		email: text().notNull().unique(),
		name: text().notNull().unique(),
		countryId: integer('country_id').references(() => countries.id),
		firstBookId: integer('first_book_id').references((): AnySQLiteColumn => books.id),
		secret: text().notNull().default('none'),
	},
	(table) => [check('name_must_not_be_empty', sql`${table.name} <> ''`)],
)
export const books = sqliteTable(
	'books',
	{
		id: integer().primaryKey(),
		title: text().notNull(),
		authorId: integer('author_id')
			.notNull()
			.references((): AnySQLiteColumn => authors.id),
		editorId: integer('editor_id').references((): AnySQLiteColumn => authors.id),
		sequelOf: integer('sequel_of').references((): AnySQLiteColumn => books.id),
		market: text().references(() => countries.code),
		isbn: text().unique(),
		pages: integer().notNull().default(1),
	},
	(table) => [
		unique().on(table.title, table.authorId),
		check('pages_must_be_positive', sql`${table.pages} > 0`),
	],
)
