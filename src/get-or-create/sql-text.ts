import type { SQL } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'

const dialect = new SQLiteSyncDialect()

/** A piece of SQL as it stands in a table's definition: columns by their names alone, values in their places. */
export function sqlText(sql: SQL): string {
	return dialect.sqlToQuery(sql.inlineParams(), 'indexes').sql
}
