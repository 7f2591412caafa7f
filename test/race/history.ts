import { type Answer, faultOf } from '../faults/client.ts'
import type { Operation } from './operation.ts'

/** What a caller was told of one row. */
export type Told =
	| { kind: 'row'; row: StoredRow; created: boolean; updated: boolean }
	| { kind: 'conflict'; keys: readonly string[] }
	/** It may have been done, or be done yet. */
	| { kind: 'unknown' }

export type StoredRow = Readonly<Record<string, unknown>> & { id: number }

/** One row that somebody asked for, when (in milliseconds), and what the answer was. */
export interface Event {
	table: Operation['table']
	method: Operation['method']
	by: readonly string[]
	asked: Readonly<Record<string, unknown>>
	told: Told
	start: number
	end: number
}

/** The rows that are there in the end, by table. */
export type Final = Readonly<Record<Operation['table'], readonly StoredRow[]>>

/** The column that never changes, and tells a row from another. */
export const KEY_OF = { users: 'email', accounts: 'username' } as const

interface Item {
	row?: StoredRow
	created?: boolean
	updated?: boolean
	problem?: { status: number; conflicts?: Conflict[] }
}

interface Conflict {
	key: string[]
}

/** What an answer says of each row, or why it is none that a caller may get. */
export function eventsOf(operation: Operation, answer: Answer, start: number, end: number): Event[] | string {
	const { table, method, rows, isArray } = operation
	const hungUp = operation.patience !== undefined && answer.status === 0
	const fault = hungUp ? undefined : faultOf(answer)
	if (fault !== undefined) return fault
	if (answer.status === 500) return answer.text
	const items = itemsOf(answer, isArray, rows.length)
	if (items.length !== rows.length) return `${items.length} answers to ${rows.length} rows`
	const events: Event[] = []
	for (const [place, asked] of rows.entries()) {
		const told = toldOf(items[place])
		if (told === undefined) return `no answer to a row: ${JSON.stringify(items[place])}`
		const unknown = told.kind === 'unknown'
		const by = operation.by ?? defaultBy(method, table, asked)
		events.push({ table, method, by, asked, told, start, end: unknown ? Number.POSITIVE_INFINITY : end })
	}
	return events
}

/** POST asks by all that it says, PUT by the unique keys in it. */
function defaultBy(method: Operation['method'], table: Operation['table'], asked: object): string[] {
	return method === 'PUT' && table === 'accounts' ? ['username'] : Object.keys(asked)
}

function itemsOf({ status, body }: Answer, isArray: boolean, count: number): Item[] {
	if (isArray && status === 200) return body as Item[]
	const problem = { ...(body as Item['problem']), status }
	return Array.from({ length: count }, () =>
		status === 200 || status === 201 ? (body as Item) : { problem },
	)
}

function toldOf({ row, created, updated, problem }: Item = {}): Told | undefined {
	if (row && created !== undefined) return { kind: 'row', row, created, updated: updated ?? false }
	switch (problem?.status) {
		case 409:
			return { kind: 'conflict', keys: (problem.conflicts ?? []).flatMap(({ key }) => key) }
		// It can't be told which of its tries were lost on the way back: see `Failure`.
		case 503:
		case 504:
		case 0:
			return { kind: 'unknown' }
		default:
			return undefined
	}
}
