import { describe, expect, it } from 'vitest'
import { ATOMIC, arrayOf, event, violations } from './histories.ts'
import type { Event, Final, Told } from './history.ts'
import { nameOf } from './holders.ts'

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
		expect(violations(events, final)).toBe('')
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
		expect(violations(events, final)).toContain(violation)
	})
})
