import { readFileSync, writeFileSync } from 'node:fs'

/** What the stand-ins for both command-line tools know, in a file: accounts that there are none of here. */
export interface State {
	/** Whether anybody is logged in, to each. */
	cloudflare: boolean
	turso: boolean
	/** By the name of the Worker: its secrets. */
	workers: Record<string, Record<string, string>>
	/** Where a Worker that is deployed answers. */
	origin: string
	/** By the name of the database: its address. */
	databases: Record<string, string>
	/** What databases are made at, and what their tokens are. */
	databaseUrl: string
	databaseToken: string
	/** Calls that fail the next time that they are made, once each, and what they say then. */
	failing: { call: string; why: string }[]
	/** Every call, with what it was given by standard input. */
	calls: { command: string; input?: string }[]
}

const file = () => process.env.STAND_IN_STATE ?? ''

export function readState(from = file()): State {
	// oxlint-disable-next-line typescript/no-unsafe-return
	return JSON.parse(readFileSync(from, 'utf8'))
}

export function writeState(state: State, to = file()): void {
	writeFileSync(to, JSON.stringify(state))
}

/** Runs one call of a stand-in: what it answers to these words, and what becomes of the state. */
export function stand(program: string, answer: (state: State, words: string[]) => string): void {
	const state = readState()
	const words = process.argv.slice(2)
	const command = [program, ...words].join(' ')
	const isSecret = words[1] === 'put'
	state.calls.push({ command, ...(isSecret ? { input: readFileSync(0, 'utf8') } : {}) })
	const failure = state.failing.findIndex(({ call }) => command.startsWith(call))
	try {
		for (const { why } of failure === -1 ? [] : state.failing.splice(failure, 1)) throw new Error(why)
		process.stdout.write(`${answer(state, words)}\n`)
	} catch (error) {
		if (error instanceof Refusal) process.stdout.write(error.printed)
		process.stderr.write(`✘ [ERROR] ${error instanceof Error ? error.message : String(error)}\n`)
		process.exitCode = 1
	}
	writeState(state)
}

/** A failure that prints something on standard output as well. */
export class Refusal extends Error {
	readonly printed: string
	constructor(printed: string) {
		super('refused')
		this.printed = printed
	}
}
