import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * What was done under an Idempotency-Key, for each row by its position: a note that is written in the transaction that
 * does it. It is a table beside those of schema.ts, so that `npm run db:generate` knows it.
 */
export const idempotencyKeys = sqliteTable(
	'idempotency_keys',
	{
		/** The SQL name of the table that was asked: a key is of one table. */
		scope: text('scope').notNull(),
		key: text('key').notNull(),
		position: integer('position').notNull(),
		/** Of the request, for the key with another request is a mistake. */
		fingerprint: text('fingerprint').notNull(),
		/** Which try of which transaction wrote the note: only that one may write the row. */
		attempt: text('attempt').notNull(),
		outcome: text('outcome', { enum: ['created', 'updated', 'found', 'refused'] }).notNull(),
		/** The row's primary key as a JSON array, whatever becomes of the columns that it was asked by; null where refused. */
		rowKey: text('row_key'),
		/** In seconds since 1970, by the database's clock. */
		notedAt: integer('noted_at').notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.scope, table.key, table.position] }),
		// For the deletion of those that are old.
		index('idempotency_keys_noted_at').on(table.notedAt),
	],
)

/** How long a key is kept: 24 hours. */
export const KEPT_SECONDS = 24 * 60 * 60
