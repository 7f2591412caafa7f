import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import config from '../drizzle.config.ts'
import * as keys from '../src/get-or-create/idempotency-keys.ts'
import * as schema from '../src/schema.ts'
import { lackingMigrations } from './lacking-migrations.ts'

// Part of `npm run check`: fails where the tables in src are not as drizzle/ makes them.

const folder = join(import.meta.dirname, '../drizzle/meta')
const latest = readdirSync(folder)
	.filter((name) => name.endsWith('_snapshot.json'))
	.toSorted()
	.at(-1)
if (!latest) throw new Error('there are no migrations: run "npm run db:generate"')
const snapshot = JSON.parse(readFileSync(join(folder, latest), 'utf8'))
const missing = await lackingMigrations(snapshot, { ...schema, ...keys }, config)
if (missing.length > 0) {
	console.error(
		`The migrations lack what src/schema.ts says: run "npm run db:generate".\n\n${missing.join('\n')}`,
	)
	process.exitCode = 1
}
