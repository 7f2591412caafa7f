import { StartError } from '../server.ts'
import { isThere } from './command.ts'
import { answerTo, change, type Mode, step } from './steps.ts'
import { askSecret, hide, say } from './terminal.ts'
import { type Chosen, databaseOnTurso, isOnTurso, tokenBy } from './turso.ts'
import { checkAddress, type Deployed } from './wrangler-toml.ts'

/** @throws StartError where there is none, or an address that is none. */
export async function chooseDatabase(mode: Mode, { name, databaseUrl }: Deployed): Promise<Chosen> {
	step(
		'Database',
		'A libSQL database holds the rows: one of yours by its address, or one on Turso, made where it is missing.',
	)
	const given = process.env.TURSO_DATABASE_URL
	if (given !== undefined) checkAddress(given)
	const url = given ?? databaseUrl
	const onTurso = mode.database ?? name
	if (url !== undefined) {
		say(`   ${url}, by ${given === undefined ? 'wrangler.toml' : 'TURSO_DATABASE_URL'}`)
		const isOurs = await isOnTurso(onTurso, url)
		return { url, name: isOurs ? onTurso : undefined }
	}
	if (!(await isThere('turso'))) {
		say(
			'   there is no "turso" on the PATH (https://docs.turso.tech/cli/installation makes that), so it takes an address',
		)
		if (mode.dryRun) return { url: undefined, name: undefined }
		const typed = await answerTo(mode, 'TURSO_DATABASE_URL, the address of your database (libsql://…)')
		checkAddress(typed)
		return { url: typed, name: undefined }
	}
	const answer = await answerTo(mode, 'Its name on Turso, or the address of another (libsql://…)', onTurso)
	if (answer.includes('://')) {
		checkAddress(answer)
		return { url: answer, name: undefined }
	}
	return await databaseOnTurso(mode, answer)
}

/** What a token is for: the Worker keeps its own, while one to look at the tables need not last. */
export type Purpose = 'worker' | 'migrations'

/** A token of the database; undefined where a dry run would have made it, or asked for it. @throws StartError */
export async function tokenFor(mode: Mode, { name }: Chosen, purpose: Purpose): Promise<string | undefined> {
	const given = process.env.TURSO_AUTH_TOKEN
	if (given !== undefined && given !== '') {
		hide(given)
		return given
	}
	if (name !== undefined) {
		const args = ['db', 'tokens', 'create', name, ...(purpose === 'worker' ? [] : ['--expiration', '1d'])]
		return await change(mode, `turso ${args.join(' ')}   # does not show`, async () => await tokenBy(args))
	}
	if (mode.dryRun) {
		say('   would ask for TURSO_AUTH_TOKEN, the token of the database')
		return undefined
	}
	if (mode.yes && !mode.dryRun) {
		throw new StartError(
			'TURSO_AUTH_TOKEN, the token of the database, must be in the environment with --yes.',
		)
	}
	const typed = await askSecret('TURSO_AUTH_TOKEN, its token; empty where it asks for none')
	// The Worker wants one in any case, and a server without keys reads none.
	return typed === '' ? 'none-is-needed' : typed
}
