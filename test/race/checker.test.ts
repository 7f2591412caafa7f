import { describe, expect, it } from 'vitest'
import { arrayOf, event, violations } from './histories.ts'
import type { Event, StoredRow } from './history.ts'

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

/** What is wrong with a history that ends with this value. */
function check(events: Event[], last: string | undefined): string {
	return violations(events, { accounts: last === undefined ? [] : [row(last)] })
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
