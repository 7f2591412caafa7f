import { lackIn } from './lack.ts'
import { applyMigrations } from './migrations.ts'

// `npm run db:migrate`: brings the database of TURSO_DATABASE_URL up to date.

const { TURSO_DATABASE_URL: url, TURSO_AUTH_TOKEN: authToken } = process.env
if (!url) {
	console.error(
		'Set TURSO_DATABASE_URL (and TURSO_AUTH_TOKEN) to the database to migrate; `npm run dev` migrates its own.',
	)
	process.exitCode = 1
} else {
	try {
		const applied = await applyMigrations({ url, authToken })
		const lack = await lackIn({ url, authToken })
		if (lack === undefined) {
			console.log(applied > 0 ? `Applied ${applied} migration(s).` : 'The database is up to date.')
		} else {
			console.error(`Applied ${applied} migration(s), and yet: ${lack}.`)
			process.exitCode = 1
		}
	} catch (error) {
		const reason = error instanceof Error ? (error.cause ?? error) : error
		console.error(`Nothing was migrated: ${reason instanceof Error ? reason.message : String(reason)}`)
		process.exitCode = 1
	}
}
