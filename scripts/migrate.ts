import { BASELINE, takeOver, whyBaseline } from './baseline.ts'
import { lackIn } from './lack.ts'
import { applyMigrations, type Database } from './migrations.ts'

// `npm run db:migrate`: brings the database of TURSO_DATABASE_URL up to date. With `--baseline` one that has tables
// which its journal of migrations doesn't know of.

const USAGE = `Usage: npm run db:migrate, or ${BASELINE}[=MIGRATION], which takes over a database that has its tables already, all of it or until that migration.`

const { TURSO_DATABASE_URL: url, TURSO_AUTH_TOKEN: authToken } = process.env
const [argument, ...others] = process.argv.slice(2)
const baseline = /^--baseline(?:=(.+))?$/.exec(argument ?? '')
if (others.length > 0 || (argument !== undefined && !baseline)) {
	fail(USAGE)
} else if (!url) {
	fail(
		'Set TURSO_DATABASE_URL (and TURSO_AUTH_TOKEN) to the database to migrate; `npm run dev` migrates its own.',
	)
} else {
	const database = { url, authToken }
	try {
		await (baseline ? takeOverAll(database, baseline[1]) : migrateAll(database))
	} catch (error) {
		const reason = error instanceof Error ? (error.cause ?? error) : error
		fail(`Nothing was migrated: ${reason instanceof Error ? reason.message : String(reason)}`)
		if (!baseline) await advise(database)
	}
}

async function migrateAll(database: Database): Promise<void> {
	const applied = await applyMigrations(database)
	const lack = await lackIn(database)
	if (lack === undefined) {
		console.log(applied > 0 ? `Applied ${applied} migration(s).` : 'The database is up to date.')
	} else {
		fail(`Applied ${applied} migration(s), and yet: ${lack}.`)
		await advise(database)
	}
}

async function takeOverAll(database: Database, until: string | undefined): Promise<void> {
	const { noted, added, left } = await takeOver(database, { until })
	if (noted > 0) console.log(`Took over ${noted} migration(s), added: ${added.join(', ') || 'nothing'}.`)
	if (left > 0) return console.log(`${left} migration(s) are left for "npm run db:migrate".`)
	const lack = await lackIn(database)
	if (lack !== undefined) fail(`What the database lacks, and no migration adds: ${lack}.`)
	else if (noted === 0) console.log('The database is up to date.')
}

/** A database that can't be read has been told of. */
async function advise(database: Database): Promise<void> {
	const why = await whyBaseline(database).catch(() => undefined)
	if (why !== undefined) console.error(why)
}

function fail(why: string): void {
	console.error(why)
	process.exitCode = 1
}
