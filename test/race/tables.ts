import { TOO_MANY } from './rules.ts'

/** Those of workers/tables.ts as the database has them. It refuses by CHECKs, for rows of a table with a trigger would share no statement. */
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
