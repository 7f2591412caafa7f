import type { Config } from 'drizzle-kit'
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'

/** What "npm run db:generate" would write: the SQL that brings this snapshot of drizzle-kit's up to these tables. */
export async function lackingMigrations(
	snapshot: Parameters<typeof generateSQLiteMigration>[0],
	tables: Record<string, unknown>,
	{ casing }: Pick<Config, 'casing'>,
): Promise<string[]> {
	// A column that has no SQL name of its own gets it by the casing.
	return await generateSQLiteMigration(snapshot, await generateSQLiteDrizzleJson(tables, undefined, casing))
}
