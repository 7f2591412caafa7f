import { StartError } from '../server.ts'
import { failed, isThere, lend, look } from './command.ts'
import { change, type Mode } from './steps.ts'
import { hide, say } from './terminal.ts'
import { isAddress } from './wrangler-toml.ts'

/** Where the rows are to be. */
export interface Chosen {
	/** Undefined where a dry run would have made it. */
	url: string | undefined
	/** Its name on Turso, where we may make tokens for it. */
	name: string | undefined
}

/** Whether the database of this name on Turso is the one at this address. */
export async function isOnTurso(name: string, url: string): Promise<boolean> {
	return (await isThere('turso')) && (await urlOf(name).catch(() => undefined)) === url
}

/** Finds a database on Turso by its name, or makes it. @throws StartError */
export async function databaseOnTurso(mode: Mode, name: string): Promise<Chosen> {
	const isLoggedIn = async () => (await look('turso', ['auth', 'whoami'])).code === 0
	if (!(await isLoggedIn())) {
		if (mode.yes && !mode.dryRun) {
			throw new StartError('Nobody is logged in to Turso: set TURSO_API_TOKEN, or run it without --yes.')
		}
		await change(mode, 'turso auth login', async () => await lend('turso', ['auth', 'login']))
		if (mode.dryRun) {
			await create(mode, name)
			return { url: undefined, name }
		}
		if (!(await isLoggedIn())) {
			throw new StartError('Still nobody is logged in to Turso. Run it again to go on.')
		}
	}
	const there = await urlOf(name)
	if (there !== undefined) {
		say(`   "${name}" is there already: ${there}`)
		return { url: there, name }
	}
	await create(mode, name)
	if (mode.dryRun) return { url: undefined, name }
	const url = await urlOf(name)
	if (url === undefined) {
		throw new StartError(`The database "${name}" was made and is not found. Run it again in a moment.`)
	}
	say(`   made: ${url}`)
	return { url, name }
}

async function create(mode: Mode, name: string): Promise<void> {
	const args = ['db', 'create', name]
	await change(mode, `turso ${args.join(' ')}`, async () => {
		const ended = await look('turso', args)
		// Somebody else was quicker, or the list that Turso keeps on this machine was old.
		if (ended.code !== 0 && !/already exists/.test(ended.stderr + ended.stdout)) {
			throw failed('turso', args, ended)
		}
	})
}

/** The address of a database on Turso; undefined where there is none of that name. @throws StartError */
async function urlOf(name: string): Promise<string | undefined> {
	const args = ['db', 'show', name, '--url']
	const ended = await look('turso', args)
	const url = ended.stdout.trim()
	if (ended.code === 0 && isAddress(url)) return url
	if (/not found/.test(ended.stderr + ended.stdout)) return undefined
	throw failed('turso', args, ended)
}

/** Runs what makes a token, and hides it. @throws StartError */
export async function tokenBy(args: readonly string[]): Promise<string> {
	const ended = await look('turso', args)
	const token = ended.stdout.trim()
	hide(token)
	if (ended.code !== 0 || token === '' || /\s/.test(token)) {
		throw failed('turso', args, { ...ended, stdout: '' })
	}
	return token
}
