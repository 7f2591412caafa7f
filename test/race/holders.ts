import type { Event, Item, Told } from './history.ts'
import type { Operation } from './operation.ts'
import { breaksRule } from './rules.ts'

/** What a row asks for of one table, and what it was told of that. */
export type Part = Pick<Event, 'table' | 'method' | 'by' | 'asked' | 'told' | 'isHeld'>

/** A book, and before it the author whom it holds, who is got or created by email. Or what is wrong with the answer. */
export function partsOfBook(
	{ method, rows }: Operation,
	place: number,
	told: Told,
	{ references, problem }: Item,
): [author: Part, book: Part] | string {
	const { title, authorId, pages } = rows[place] ?? {}
	const held = { ...(authorId as { email: string; name: string }) }
	const parts = (ofAuthor: Told, ofBook: Told): [Part, Part] => [
		{ table: 'authors', method: 'POST', by: ['email'], asked: held, told: ofAuthor, isHeld: true },
		{
			table: 'books',
			method,
			by: ['book'],
			asked: { book: nameOf(title, held.email), pages },
			told: ofBook,
			isHeld: false,
		},
	]
	const undone: Told = { kind: 'undone' }
	switch (told.kind) {
		case 'row': {
			const author = references?.['authorId']
			const { id, title: written, pages: stored, authorId: key } = told.row
			if (!author || author.row.id !== key)
				return `a book of another author: ${JSON.stringify([told, references])}`
			const book = { id, book: nameOf(written, author.row['email']), pages: stored }
			return parts({ kind: 'row', updated: false, ...author }, { ...told, row: book })
		}
		case 'conflict':
			// A book is asked for by its only key, so that only its author can meet another.
			return parts(told, undone)
		case 'refused': {
			const isOfAuthor = problem?.errors?.some(({ pointer }) => pointer.startsWith('/authorId'))
			return isOfAuthor ? parts(told, undone) : parts(undone, told)
		}
		case 'undone':
			return parts(undone, undone)
		case 'unknown': {
			// Where one of them is refused, neither is made.
			const [author, book] = parts(told, told)
			return parts(breaksRule(book.asked) ? undone : told, breaksRule(author.asked) ? undone : told)
		}
	}
}

/** What tells a book from another. */
export function nameOf(title: unknown, email: unknown): string {
	return `${String(title)} by ${String(email)}`
}
