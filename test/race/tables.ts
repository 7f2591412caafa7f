import { integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { TOO_MANY } from './rules.ts'

export const counters = sqliteTable('counters', {
	id: integer().primaryKey(),
	slug: text().notNull().unique(),
	n: integer().notNull().default(0),
})

export const authors = sqliteTable('authors', {
	id: integer().primaryKey(),
	email: text().notNull().unique(),
	name: text().notNull().unique(),
})

export const books = sqliteTable(
	'books',
	{
		id: integer().primaryKey(),
		title: text().notNull(),
		authorId: integer('author_id')
			.notNull()
			.references(() => authors.id),
		pages: integer().notNull(),
	},
	(table) => [unique().on(table.title, table.authorId)],
)

/** As the database has them. It refuses by CHECKs, for rows of a table with a trigger would share no statement. */
export const TABLES = [
	`CREATE TABLE IF NOT EXISTS counters (
		id INTEGER PRIMARY KEY NOT NULL, slug TEXT NOT NULL UNIQUE, n INTEGER NOT NULL DEFAULT 0
	)`,
	`CREATE TABLE IF NOT EXISTS authors (
		id INTEGER PRIMARY KEY NOT NULL, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
		CHECK (email NOT LIKE 'poison%')
	)`,
	`CREATE TABLE IF NOT EXISTS books (
		id INTEGER PRIMARY KEY NOT NULL, title TEXT NOT NULL, pages INTEGER NOT NULL,
		author_id INTEGER NOT NULL REFERENCES authors (id), UNIQUE (title, author_id),
		CHECK (title NOT LIKE 'poison%' AND pages < ${TOO_MANY})
	)`,
]
