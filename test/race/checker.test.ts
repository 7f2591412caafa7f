import { describe, expect, it } from 'vitest'
import { violationsOf } from './checker.ts'
import type { Event, Final, StoredRow, Told } from './history.ts'
import { nameOf } from './holders.ts'
import type { Operation } from './operation.ts'

const NOW = 1000

/** Somebody asks for the account "ann", with a last login as its value. */
function event(method: Event['method'], value: string, told: Told, start: number, end: number): Event {
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

function row(value: string, id = 1): StoredRow {
	return { id, username: 'ann', lastLogin: value, isSuperuser: false }
}

const created = (value: string, start: number, end: number, id = 1) =>
	event('POST', value, { kind: 'row', row: row(value, id), created: true, updated: false }, start, end)
const updated = (value: string, start: number, end: number) =>
	event('PUT', value, { kind: 'row', row: row(value), created: false, updated: true }, start, end)
const found = (value: string, start: number, end: number) =>
	event('POST', 'else', { kind: 'row', row: row(value), created: false, updated: false }, start, end)
const unknown = (value: string, start: number) =>
	event('PUT', value, { kind: 'unknown' }, start, Number.POSITIVE_INFINITY)
const conflict = (start: number, end: number): Event => ({
	...event('POST', 'c', { kind: 'conflict', keys: ['username'] }, start, end),
	by: ['username', 'lastLogin'],
})

const TOO_LATE = '2200-01-01T00:00:00.000Z'
const refused = (method: Event['method'], value: string, start: number, end: number) =>
	event(method, value, { kind: 'refused' }, start, end)

/** The rows of one array. */
function arrayOf(...events: Event[]): Event[] {
	return events.map((each) => ({ ...each, array: ARRAY }))
}

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
const ATOMIC: Operation = { ...ARRAY, table: 'books', isAtomic: true }

const NOTHING: Final = { users: [], accounts: [], counters: [], authors: [], books: [] }

/** What is wrong with a history that ends with these rows. */
function told(events: Event[], final: Partial<Final>): string {
	return violationsOf(events, { ...NOTHING, ...final }, NOW).join('\n')
}

/** What is wrong with a history that ends with this value. */
function check(events: Event[], last: string | undefined): string {
	return told(events, { accounts: last === undefined ? [] : [row(last)] })
}

describe('a history', () => {
	it.each<[name: string, events: Event[], last: string | undefined]>([
		['of one caller after the other', [created('a', 0, 1), updated('b', 2, 3), found('b', 4, 5)], 'b'],
		[
			'of two at once, either of whom may be last',
			[created('a', 0, 1), updated('b', 2, 9), updated('c', 3, 8)],
			'b',
		],
		[
			'with an update of unknown fate that came last',
			[created('a', 0, 1), unknown('b', 2), updated('c', 3, 4)],
			'b',
		],
		['with one that never came', [created('a', 0, 1), unknown('b', 2), updated('c', 3, 4)], 'c'],
		['whose creator does not know', [unknown('a', 0), found('a', 5, 6)], 'a'],
		['of a conflict with another value', [created('a', 0, 1), conflict(2, 3)], 'a'],
		['without a row', [unknown('a', 0)], undefined],
		['of rows that break a rule', [refused('POST', TOO_LATE, 0, 1), unknown(TOO_LATE, 0)], undefined],
		['of an update that breaks a rule', [created('a', 0, 1), refused('PUT', TOO_LATE, 2, 3)], 'a'],
		['of an array', arrayOf(created('a', 0, 5), updated('b', 0, 5), updated('c', 0, 5)), 'c'],
		[
			'of an array that another came between',
			[...arrayOf(created('a', 0, 5), updated('b', 0, 5)), found('a', 1, 2), updated('c', 1, 6)],
			'c',
		],
	])('%s can be explained', (_, events, last) => {
		expect(check(events, last)).toBe('')
	})

	it.each<[name: string, events: Event[], last: string | undefined, violation: string]>([
		['two creators', [created('a', 0, 5), created('b', 1, 4)], 'a', '2 creators of ann'],
		['no creator', [found('a', 0, 1)], 'a', 'no creator of ann'],
		['a creator after it was seen', [found('a', 0, 1), created('a', 2, 3)], 'a', 'created after it was seen'],
		['a lost row', [created('a', 0, 1)], undefined, 'a lost row'],
		['another id', [created('a', 0, 1, 2)], 'a', 'a lost row'],
		[
			'a lost update',
			[created('a', 0, 1), updated('b', 2, 3)],
			'a',
			'b",false] was overwritten by the older ["a',
		],
		[
			'an update undone by one before it',
			[created('a', 0, 1), updated('b', 2, 3), updated('c', 4, 5)],
			'b',
			'overwritten by the older',
		],
		['a stale read', [created('a', 0, 1), updated('b', 2, 3), found('a', 4, 5)], 'b', 'at once'],
		[
			'an update done twice',
			[created('a', 0, 1), unknown('b', 2), found('b', 3, 4), updated('c', 5, 6)],
			'b',
			'overwritten by the older',
		],
		[
			'a read before the write',
			[created('a', 0, 1), found('b', 2, 3), updated('b', 4, 5)],
			'b',
			'read before it was written',
		],
		['a value that nobody wrote', [created('a', 0, 1), found('z', 2, 3)], 'a', 'which nobody wrote'],
		['a conflict with nobody', [conflict(0, 1), created('a', 2, 3)], 'a', 'a conflict with nobody'],
		['a refusal for nothing', [refused('POST', 'a', 0, 1)], undefined, 'refused for nothing'],
		['a rule that was not kept', [created(TOO_LATE, 0, 1)], 'a', 'written though it is refused'],
		['a row that breaks a rule', [unknown(TOO_LATE, 0)], TOO_LATE, 'a row that is refused is there'],
		[
			'a refusal of a row that is there',
			[created('a', 0, 1), refused('POST', TOO_LATE, 2, 3)],
			'a',
			'refused though it was there',
		],
		[
			'a refusal of a row that its array has made',
			arrayOf(created('a', 0, 5), refused('POST', TOO_LATE, 0, 5)),
			'a',
			'refused though an earlier row had found it',
		],
		[
			'an array whose last row came first',
			arrayOf(created('a', 0, 5), updated('b', 0, 5), updated('c', 0, 5)),
			'b',
			'an earlier row was applied last',
		],
		[
			'an array whose first row was seen in the end',
			[created('a', 0, 1), ...arrayOf(updated('b', 2, 5), updated('c', 2, 5)), found('b', 6, 7)],
			'd',
			'an earlier row was applied last',
		],
		[
			'an array whose second row made what the first had found',
			arrayOf(found('b', 0, 5), created('b', 0, 5)),
			'b',
			'created by a later row',
		],
		[
			'an answer about something else',
			[{ ...updated('b', 2, 3), asked: { username: 'bob' } }, created('b', 0, 1)],
			'b',
			'another row than asked for',
		],
	])('with %s can not', (_, events, last, violation) => {
		expect(check(events, last)).toContain(violation)
	})
})

/** Adds to the counter "c"; 1, 4 and 16 are amounts. `value` is what it was told, and nothing where it was told nothing. */
function add(n: number, value: number | undefined, start: number, end: number): Event {
	const done: Told = { kind: 'unknown' }
	const row = { id: 1, slug: 'c', n: value }
	return {
		...event('PUT', '', done, start, value === undefined ? Number.POSITIVE_INFINITY : end),
		table: 'counters',
		by: ['slug'],
		asked: { slug: 'c', n },
		told: value === undefined ? done : { kind: 'row', row, created: value === n, updated: value !== n },
	}
}

/** Reads the counter, as a repeat does. */
function look(n: number, value: number, start: number, end: number): Event {
	const row = { id: 1, slug: 'c', n: value }
	return { ...add(n, value, start, end), by: [], told: { kind: 'row', row, created: false, updated: false } }
}

describe('adds', () => {
	const counter = (n: number) => ({ counters: [{ id: 1, slug: 'c', n }] })

	it.each<[name: string, events: Event[], last: number]>([
		['one after the other', [add(1, 1, 0, 1), add(4, 5, 2, 3), add(16, 21, 4, 5)], 21],
		['of two at once, of whom either may be first', [add(4, 4, 0, 9), add(1, 5, 0, 9)], 5],
		['of unknown fate that were done', [add(1, 1, 0, 1), add(4, undefined, 2, 3), add(16, 21, 4, 5)], 21],
		['of unknown fate that were not', [add(1, 1, 0, 1), add(4, undefined, 2, 3), add(16, 17, 4, 5)], 17],
		['of unknown fate that came last', [add(1, 1, 0, 1), add(4, undefined, 2, 3), add(16, 17, 4, 5)], 21],
		['that are read later', [add(1, 1, 0, 1), add(4, 5, 2, 3), look(1, 5, 4, 5)], 5],
		['of an array', arrayOf(add(1, 1, 0, 5), add(4, 5, 0, 5)), 5],
	])('%s can be explained', (_, events, last) => {
		expect(told(events, counter(last))).toBe('')
	})

	it.each<[name: string, events: Event[], last: number, violation: string]>([
		['one lost', [add(1, 1, 0, 1), add(4, 5, 2, 3)], 1, 'a lost add'],
		['one not seen', [add(1, 1, 0, 1), add(4, 5, 2, 3), add(16, 17, 4, 5)], 21, 'a lost add'],
		['one done twice', [add(1, 1, 0, 1), add(4, undefined, 2, 3)], 9, '4 was added 2 times'],
		['one that nobody asked for', [add(1, 1, 0, 1)], 17, 'nobody added 16'],
		['one from the future', [add(1, 5, 0, 1), add(4, 5, 2, 3)], 5, 'added before it was asked for'],
		['one told without its own', [add(1, 1, 0, 1), add(4, 1, 2, 3)], 5, 'told without its own'],
		['one value told to two', [add(1, 1, 0, 1), add(4, 21, 2, 5), add(16, 21, 2, 5)], 21, 'told twice'],
		['two who did not see each other', [add(1, 1, 0, 1), add(4, 5, 2, 5), add(16, 17, 2, 5)], 21, 'neither'],
		[
			'one undone',
			[add(1, 1, 0, 1), add(4, undefined, 2, 0), look(1, 5, 3, 4), look(1, 1, 5, 6)],
			5,
			'undone',
		],
		[
			'one seen by an earlier',
			[add(1, 1, 0, 9), add(4, 21, 1, 9), look(4, 5, 1, 9), add(16, 21, 1, 9)],
			21,
			'seen',
		],
		['two creators', [add(1, 1, 0, 9), add(4, 4, 0, 9)], 5, '2 creators of c'],
		['an array out of order', arrayOf(add(1, 5, 0, 5), add(4, 4, 0, 5)), 5, 'a later row came first'],
	])('with %s can not', (_, events, last, violation) => {
		expect(told(events, counter(last))).toContain(violation)
	})
})

describe('books that hold their authors', () => {
	const ann = { email: 'ann', name: 'A' }
	const refusedTitle = 'poison'
	const rowOf = (of: Event, more: object): Told => ({
		kind: 'row',
		row: { id: 1, ...of.asked, ...more },
		created: true,
		updated: false,
	})

	/** Somebody asks for a book of hers: both were made, or this was told. */
	function ask(title: string, other?: [author: Told, book: Told]): [author: Event, book: Event] {
		const unknown: Told = { kind: 'unknown' }
		const author = {
			...event('POST', '', unknown, 0, 9),
			table: 'authors' as const,
			by: ['email'],
			asked: ann,
			isHeld: true,
		}
		const book = {
			...author,
			table: 'books' as const,
			by: ['book'],
			asked: { book: nameOf(title, ann.email), pages: 7 },
			isHeld: false,
		}
		const [ofAuthor, ofBook] = other ?? [rowOf(author, {}), rowOf(book, {})]
		return [
			{ ...author, told: ofAuthor },
			{ ...book, told: ofBook },
		]
	}
	const undone: Told = { kind: 'undone' }
	const refusedBook: [Told, Told] = [undone, { kind: 'refused' }]
	const conflict: [Told, Told] = [{ kind: 'conflict', keys: ['name'] }, undone]
	const made = { authors: [{ id: 1, ...ann }], books: [{ id: 1, authorId: 1, book: 't by ann', pages: 7 }] }
	const alone = (): Event => ({ ...ask('t')[0], isHeld: false })
	const atomic = (events: Event[]) => arrayOf(...events).map((each): Event => ({ ...each, array: ATOMIC }))
	const other = (events: Event[]) =>
		events.map((each): Event => ({ ...each, asked: { ...each.asked, email: 'bob' } }))

	it.each<[name: string, events: Event[], final: Partial<Final>]>([
		['and are made', ask('t'), made],
		['and are refused', ask(refusedTitle, refusedBook), {}],
		['and are not known', ask('t', [{ kind: 'unknown' }, { kind: 'unknown' }]), made],
		['and an author who was asked for alone', [alone()], { authors: made.authors }],
		[
			'and meet in an array that is undone',
			atomic([...ask('t', [undone, undone]), ...other(ask('u', conflict))]),
			{},
		],
	])('%s can be explained', (_, events, final) => {
		expect(told(events, final)).toBe('')
	})

	it.each<[name: string, events: Event[], final: Partial<Final>, violation: string]>([
		[
			'an author who outlives it',
			ask(refusedTitle, refusedBook),
			{ authors: made.authors },
			'no creator of ann',
		],
		['an author without it', ask('t'), { authors: made.authors }, 'an author without a book'],
		['rows of an array that was undone', atomic(ask('t', [undone, undone])), made, 'no creator of t by ann'],
		[
			'another author',
			ask('t'),
			{ ...made, books: [{ ...made.books[0], id: 1, book: 't by bob' }] },
			'a lost row',
		],
		['two creators of its author', [...ask('t'), ...ask('t')], made, '2 creators of ann'],
		[
			'a conflict with an author who was undone',
			[...ask(refusedTitle, refusedBook), ...other(ask('u', conflict))],
			{},
			'a conflict with nobody over name',
		],
	])('with %s can not', (_, events, final, violation) => {
		expect(told(events, final)).toContain(violation)
	})
})
