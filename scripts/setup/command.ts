import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { StartError } from '../server.ts'
import { say, shown } from './terminal.ts'

/** What a program is given beside its arguments, which everybody on the machine can read: secrets come this way. */
export interface Given {
	input?: string
	env?: NodeJS.ProcessEnv
}

export interface Ended {
	code: number
	stdout: string
	stderr: string
}

/** Ours come last: the PATH may have others. Under npm they come first. */
const PATH = [process.env.PATH, join(import.meta.dirname, '../../node_modules/.bin')].join(delimiter)

/** Runs a program, and shows nothing of it. @throws StartError where there is none of that name. */
export async function look(command: string, args: readonly string[], given: Given = {}): Promise<Ended> {
	const child = start(command, args, given, 'pipe')
	let [out, err] = ['', '']
	child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
	child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()))
	// A program that ends without reading leaves nobody to write to.
	child.stdin?.on('error', () => undefined).end(given.input ?? '')
	return { code: await codeOf(child, command), stdout: out, stderr: err }
}

/** Runs a program that talks to the person at the terminal itself. @returns its exit code */
export async function lend(command: string, args: readonly string[], given: Given = {}): Promise<number> {
	return await codeOf(start(command, args, given, 'inherit'), command)
}

/** Whether there is such a program. */
export async function isThere(command: string): Promise<boolean> {
	return await look(command, ['--version']).then(
		() => true,
		() => false,
	)
}

/** Runs a program and passes on what it prints. @throws StartError where it fails. */
export async function pass(command: string, args: readonly string[], given: Given = {}): Promise<Ended> {
	const ended = await look(command, args, given)
	if (ended.code !== 0) throw failed(command, args, ended)
	for (const line of ended.stdout.split('\n')) if (line.trim() !== '') say(`     ${line}`)
	return ended
}

export function failed(
	command: string,
	args: readonly string[],
	{ code, stdout, stderr }: Ended,
): StartError {
	const said = `${stderr}\n${stdout}`.trim().split('\n').slice(-12).join('\n     ')
	return new StartError(
		shown(
			`"${[command, ...args].join(' ')}" failed (${code}):\n     ${said}\n   Mend that and run this again: it goes on from here.`,
		),
	)
}

function start(command: string, args: readonly string[], { env }: Given, stdio: 'pipe' | 'inherit') {
	return spawn(command, args, { stdio, env: { ...process.env, PATH, ...env } })
}

async function codeOf(child: ReturnType<typeof spawn>, command: string): Promise<number> {
	const missing = once(child, 'error').then(() => {
		throw new StartError(`There is no "${command}" on the PATH.`)
	})
	const closed = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : 1))
	return await Promise.race([closed, missing])
}
