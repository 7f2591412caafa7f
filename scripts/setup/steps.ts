import { StartError } from '../server.ts'
import { agreed, ask, say } from './terminal.ts'

/** How the whole of it is done. */
export interface Mode {
	/** The environment of wrangler.toml; the first Worker where there is none. */
	env: string | undefined
	/** The database's name on Turso; that of the Worker unless told. */
	database: string | undefined
	/** Nothing is asked: yes to everything, and what can't be agreed to must be in the environment. */
	yes: boolean
	/** Everything is looked at and told, and nothing changed. */
	dryRun: boolean
	/** Whether a first row is made. */
	post: boolean
}

let count = 0

/** Says what comes, and why. */
export function step(title: string, why: string): void {
	count += 1
	say(`\n${count}. ${title}\n   ${why}`)
}

/**
 * Does something that changes something, behind the command that a person would have typed for it. In a dry run it
 * only says so.
 */
export async function change<T>(
	{ dryRun }: Mode,
	command: string,
	run: () => Promise<T>,
): Promise<T | undefined> {
	if (dryRun) {
		say(`   would run: ${command}`)
		return undefined
	}
	say(`   runs: ${command}`)
	return await run()
}

/** Whether the person agrees; a dry run asks nobody. */
export async function agreedTo({ yes, dryRun }: Mode, question: string): Promise<boolean> {
	return yes || dryRun || (await agreed(question))
}

/** A person's answer, or what stands for it. @throws StartError where there is nobody to ask, and nothing that stands for it. */
export async function answerTo(mode: Mode, question: string, otherwise?: string): Promise<string> {
	if (!mode.yes && !mode.dryRun) return await ask(question, otherwise)
	if (otherwise !== undefined) return otherwise
	throw new StartError(`${question}: with --yes it must be in the environment.`)
}

/** The arguments of wrangler that choose the environment. */
export function envArgs({ env }: Mode): string[] {
	return env === undefined ? [] : ['--env', env]
}
