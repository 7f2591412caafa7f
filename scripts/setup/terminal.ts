import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { StartError } from '../server.ts'

const { stdin, stdout } = process
const hidden = new Set<string>()
let piped: AsyncIterator<string> | undefined

/** From here on this is never shown, whoever says it. What is shorter than any secret would only mangle the text. */
export function hide(secret: string): void {
	if (secret.length >= 8) hidden.add(secret)
}

/** A text without its secrets. */
export function shown(text: string): string {
	return [...hidden].reduce((rest, secret) => rest.replaceAll(secret, '•••'), text)
}

/** Prints lines, without their secrets. */
export function say(text: string): void {
	console.log(shown(text))
}

/** Shows one secret, this once: the one thing that `say` would not. */
export function reveal(secret: string): void {
	console.log(`     ${secret}`)
}

/** Asks for a line; an empty answer is the one that stands in brackets. @throws StartError where nobody answers. */
export async function ask(question: string, otherwise?: string): Promise<string> {
	const answer = (await line(`   ${question}${otherwise === undefined ? '' : ` [${otherwise}]`}: `)).trim()
	return answer === '' ? (otherwise ?? '') : answer
}

/** Asks for a secret, which does not show as it is typed, nor ever after. */
export async function askSecret(question: string): Promise<string> {
	const answer = (await line(`   ${question} (it does not show): `, true)).trim()
	hide(answer)
	return answer
}

/** Asks yes or no; an empty answer is yes. */
export async function agreed(question: string): Promise<boolean> {
	for (;;) {
		const answer = (await ask(`${question} (yes or no)`, 'yes')).toLowerCase()
		if (/^y(es)?$/.test(answer)) return true
		if (/^no?$/.test(answer)) return false
	}
}

async function line(prompt: string, isSecret = false): Promise<string> {
	if (stdin.isTTY) return await typed(prompt, isSecret)
	stdout.write(prompt)
	piped ??= createInterface({ input: stdin })[Symbol.asyncIterator]()
	const next = await piped.next()
	stdout.write('\n')
	if (next.done === true) {
		throw new StartError(
			'Nobody answers: run it in a terminal, or with --yes and what it asks for in the environment.',
		)
	}
	return next.value
}

/** One reader a question: between them the terminal is for the programs that we start. */
async function typed(prompt: string, isSecret: boolean): Promise<string> {
	stdout.write(prompt)
	const screen = new Writable({
		write(chunk: Buffer, _, done) {
			if (!isSecret) stdout.write(chunk)
			done()
		},
	})
	const reader = createInterface({ input: stdin, output: screen, terminal: true })
	const stopped = new AbortController()
	reader.once('SIGINT', () => stopped.abort()).once('close', () => stopped.abort())
	try {
		return await reader.question('', { signal: stopped.signal })
	} catch {
		throw new StartError('Stopped. Run it again: what was done is not done twice.')
	} finally {
		reader.close()
		if (isSecret) stdout.write('\n')
	}
}
