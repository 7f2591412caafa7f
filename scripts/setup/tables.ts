import { join } from 'node:path'
import { BASELINE, whyBaseline } from '../baseline.ts'
import { type Database, pendingMigrations } from '../migrations.ts'
import { StartError } from '../server.ts'
import { pass } from './command.ts'
import { agreedTo, change, type Mode, step } from './steps.ts'
import { say } from './terminal.ts'

const MIGRATE = join(import.meta.dirname, '../migrate.ts')

/** Brings the tables up to date, after looking at what is there. @throws StartError */
export async function migrate(
	mode: Mode,
	{ url, authToken }: { url: string | undefined; authToken: string | undefined },
): Promise<void> {
	step(
		'Tables',
		'The migrations of drizzle/ make the tables. Where those are there already, they are taken over as they are.',
	)
	if (url === undefined || authToken === undefined) {
		await change(mode, 'npm run db:migrate', async () => await Promise.resolve())
		return
	}
	const database = { url, authToken }
	const [why, pending] = await lookAt(database)
	if (why !== undefined) {
		say(`   ${why}`)
		if (!(await agreedTo(mode, 'Shall it be taken over?'))) throw new StartError('Nothing was changed there.')
		await runMigrations(mode, database, BASELINE, ['--baseline'])
	} else if (pending > 0) {
		say(`   ${pending} migration(s) are pending`)
		await runMigrations(mode, database, 'npm run db:migrate', [])
	} else {
		say('   up to date')
	}
}

async function lookAt(database: Database): Promise<[string | undefined, number]> {
	try {
		return [await whyBaseline(database), await pendingMigrations(database)]
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error)
		throw new StartError(
			`The database at ${database.url} can't be read: ${reason}. Its address, or its token?`,
		)
	}
}

async function runMigrations(mode: Mode, database: Database, command: string, args: string[]): Promise<void> {
	const env = { TURSO_DATABASE_URL: database.url, TURSO_AUTH_TOKEN: database.authToken }
	await change(mode, command, async () => await pass(process.execPath, [MIGRATE, ...args], { env }))
}
