import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OwnDatabase, startDatabase } from './own-database.ts'

// `npm run db:migrate`, as it is typed.

let database: OwnDatabase
beforeAll(async () => {
	database = await startDatabase(
		`CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE, born TEXT NOT NULL)`,
	)
})
afterAll(() => database.stop())

async function migrate(...parameters: string[]): Promise<{ code: unknown; printed: string }> {
	const child = spawn(
		process.execPath,
		[join(import.meta.dirname, '../../scripts/migrate.ts'), ...parameters],
		{
			env: { ...process.env, TURSO_DATABASE_URL: database.url, TURSO_AUTH_TOKEN: '' },
		},
	)
	let printed = ''
	child.stdout.on('data', (chunk) => (printed += chunk))
	child.stderr.on('data', (chunk) => (printed += chunk))
	const [code]: unknown[] = await once(child, 'close')
	return { code, printed }
}

describe('npm run db:migrate', () => {
	it('refuses arguments that it does not know, with its usage', async () => {
		const before = await database.dump()
		const wrong = [['--basline'], ['baseline'], ['--baseline='], ['--baseline', 'x']]
		const answers = await Promise.all(wrong.map(async (each) => await migrate(...each)))
		const usage = expect.stringMatching(/^Usage: npm run db:migrate, or npm run db:migrate -- --baseline/)
		expect(answers).toEqual(wrong.map(() => ({ code: 1, printed: usage })))
		expect(await database.dump()).toEqual(before)
	})

	it('takes over a database that has tables, which it says itself, and tells what no migration adds', async () => {
		const refused = await migrate()
		expect(refused.printed).toMatch(
			/Nothing was migrated: .*already exists[^]*"npm run db:migrate -- --baseline"/,
		)
		expect(refused.code).toBe(1)

		const taken = await migrate('--baseline')
		expect(taken.printed).toMatch(
			/^Took over 2 migration\(s\), added: table accounts, .*table idempotency_keys/,
		)
		expect(taken.printed).toMatch(/users\.born is NOT NULL without a default, and not in the schema/)
		expect(taken.code).toBe(1)

		await database.client.execute('ALTER TABLE users DROP COLUMN born')
		const after = { code: 0, printed: 'The database is up to date.\n' }
		expect(await Promise.all([migrate('--baseline'), migrate()])).toEqual([after, after])
	})
}, 60_000)
