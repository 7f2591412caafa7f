import { generateSQLiteDrizzleJson } from 'drizzle-kit/api'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { lackingMigrations } from '../../scripts/lacking-migrations.ts'

// What `npm run check` looks for, with and without a casing in drizzle.config.ts.

const tables = {
	logins: sqliteTable('logins', { id: integer().primaryKey(), userName: text().notNull().unique() }),
}

describe('the migrations', () => {
	it.each([
		[{}, 'userName'],
		[{ casing: 'camelCase' }, 'userName'],
		[{ casing: 'snake_case' }, 'user_name'],
	] as const)('with %j have a column %s', async (config, column) => {
		const empty = await generateSQLiteDrizzleJson({})
		const [table, index, ...others] = await lackingMigrations(empty, tables, config)
		expect(table).toContain(`\`${column}\` text NOT NULL`)
		expect(index).toContain(`ON \`logins\` (\`${column}\`)`)
		expect(others).toEqual([])
	})

	it('lack nothing that was generated with the same casing', async () => {
		const made = await generateSQLiteDrizzleJson(tables, undefined, 'snake_case')
		expect(await lackingMigrations(made, tables, { casing: 'snake_case' })).toEqual([])
	})
})
