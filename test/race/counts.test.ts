import { describe, expect, it } from 'vitest'
import { arrayOf, event, violations } from './histories.ts'
import type { Event, Told } from './history.ts'

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
		expect(violations(events, counter(last))).toBe('')
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
		expect(violations(events, counter(last))).toContain(violation)
	})
})
