import { sql } from 'drizzle-orm'
import {
	type AnySQLiteColumn,
	check,
	customType,
	integer,
	sqliteTable,
	text,
	unique,
} from 'drizzle-orm/sqlite-core'

// Tables that refer to each other in other ways than those of schema.ts, for random rows that hold rows.

const nocase = customType<{ data: string }>({ dataType: () => 'text COLLATE NOCASE' })

/** By text that compares without case, by a key of two columns, to its own table by a key that is no primary key. */
export const lands = sqliteTable('lands', {
	code: nocase().primaryKey(),
	name: text().unique(),
	rank: integer().notNull().default(5),
})
export const towns = sqliteTable(
	'towns',
	{
		id: integer().primaryKey(),
		name: text().notNull(),
		land: nocase('land_code')
			.notNull()
			.references(() => lands.code),
		size: integer(),
	},
	(table) => [unique().on(table.name, table.land)],
)
export const citizens = sqliteTable('citizens', {
	id: integer().primaryKey(),
	handle: nocase().notNull().unique(),
	email: text().unique(),
	townId: integer('town_id').references(() => towns.id),
	boss: nocase().references((): AnySQLiteColumn => citizens.handle),
	born: nocase().references(() => lands.code),
	touched: integer().$onUpdate(() => 7),
})

/** Keys of nothing but references, and two tables that lead to one. */
export const firms = sqliteTable('firms', {
	id: integer().primaryKey(),
	word: text().notNull().unique(),
	other: text().unique(),
	total: integer().notNull().default(0),
})
export const desks = sqliteTable('desks', {
	id: integer().primaryKey(),
	firmId: integer('firm_id')
		.notNull()
		.unique()
		.references(() => firms.id),
	rivalId: integer('rival_id')
		.unique()
		.references(() => firms.id),
	word: text().notNull(),
})
export const chairs = sqliteTable(
	'chairs',
	{
		id: integer().primaryKey(),
		deskId: integer('desk_id')
			.notNull()
			.references(() => desks.id),
		spareId: integer('spare_id').references(() => desks.id),
		word: text().notNull(),
		legs: integer().notNull().default(4),
	},
	(table) => [unique().on(table.deskId, table.word), check('legs_must_be_positive', sql`${table.legs} > 0`)],
)

/** A trigger counts the stamps of an album, and makes an album for each stamp that is worth one. */
export const albums = sqliteTable('albums', {
	id: integer().primaryKey(),
	word: text().notNull().unique(),
	total: integer().notNull().default(0),
})
export const stamps = sqliteTable(
	'stamps',
	{
		id: integer().primaryKey(),
		albumId: integer('album_id')
			.notNull()
			.references(() => albums.id),
		word: text().notNull(),
		worth: integer().notNull().default(1),
	},
	(table) => [unique().on(table.albumId, table.word), check('worth_something', sql`${table.worth} > 0`)],
)
