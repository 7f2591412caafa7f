import { violationsOf } from './checker.ts'
import type { Event, Final, Told } from './history.ts'
import type { Operation } from './operation.ts'

/** When the histories of the tests have ended. */
const NOW = 1000

/** Somebody asks for the account "ann", with a last login as its value. */
export function event(method: Event['method'], value: string, told: Told, start: number, end: number): Event {
	const asked = { username: 'ann', lastLogin: value, isSuperuser: false }
	return {
		table: 'accounts',
		method,
		by: ['username'],
		asked,
		told,
		start,
		end,
		isHeld: false,
		isOneTry: true,
	}
}

/** The rows of one array. */
export function arrayOf(...events: Event[]): Event[] {
	return events.map((each) => ({ ...each, array: ARRAY }))
}

/** An array that was asked for, whatever of. */
const ARRAY: Operation = {
	table: 'accounts',
	method: 'PUT',
	by: undefined,
	rows: [],
	naming: [],
	isArray: true,
	isAtomic: false,
	patience: undefined,
	key: undefined,
	asksAgain: false,
}
/** One whose rows are done all or none. */
export const ATOMIC: Operation = { ...ARRAY, table: 'books', isAtomic: true }

const NOTHING: Final = { users: [], accounts: [], counters: [], authors: [], books: [] }

/** What is wrong with a history that ends with these rows. */
export function violations(events: Event[], final: Partial<Final>): string {
	return violationsOf(events, { ...NOTHING, ...final }, NOW).join('\n')
}
