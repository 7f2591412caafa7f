import { integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'

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
