import { randomUUID } from 'node:crypto'
import type { Running } from '../../bench/workerd.ts'
import { printedBy } from '../process/printed.ts'
import { type Answer, ask, type Sending } from './client.ts'

/** In every request to the database that carries a neighbour's rows, whoever else's it carries. */
export const NEIGHBOUR = 'neighbour-'

/** A process of the service, and what it printed. */
export interface Watched {
	origin: string
	/** The lines of the log about a request. */
	lines(requestId: string): LogLine[]
	printed(): string
}

export interface LogLine {
	level: string
	outcome: string
	status: number
	cause?: string
}

export function watched({ origin, process }: Running): Watched {
	const printed = printedBy(process)
	return {
		origin,
		printed,
		lines: (requestId) =>
			printed()
				.split('\n')
				.filter((line) => line.includes(`"requestId":"${requestId}"`))
				.map((line) => JSON.parse(line) as LogLine),
	}
}

/** Asks for a new account under a request id, or for one that is there. */
export async function askForAccount(
	{ origin }: Watched,
	username: string,
	id: string = randomUUID(),
): Promise<Answer> {
	const headers = { 'x-request-id': id }
	return await ask(origin, { method: 'POST', path: '/accounts?by=username', body: { username }, headers })
}

/** What neighbours ask for: rows of another table, new ones and one that is there. */
export const writes: readonly (() => Sending)[] = [
	() => ({ method: 'POST', path: '/users', body: user() }),
	() => ({ method: 'PUT', path: '/users?by=email', body: user() }),
	() => ({ method: 'POST', path: '/users', body: [user(), KNOWN, user()] }),
	() => ({ method: 'POST', path: '/users', body: KNOWN }),
]
export const reads: readonly (() => Sending)[] = [
	() => ({ method: 'GET', path: `/users?email=${KNOWN.email}` }),
	() => ({ method: 'GET', path: `/users?name=${KNOWN.name}` }),
]

const KNOWN = { name: `${NEIGHBOUR}name`, email: `${NEIGHBOUR}email` }

function user() {
	return { name: NEIGHBOUR + randomUUID(), email: NEIGHBOUR + randomUUID() }
}

/** Each of them once. */
export async function askAll({ origin }: Watched, sendings: readonly (() => Sending)[]): Promise<Answer[]> {
	return await Promise.all(sendings.map(async (sending) => await ask(origin, sending())))
}

/** Those who were not served, or whose rows were not. */
export function unserved(answers: readonly Answer[]): string[] {
	return answers
		.filter(({ status, text }) => status === 0 || status > 201 || text.includes('"problem"'))
		.map(({ status, text }) => `${status} ${text}`)
}
