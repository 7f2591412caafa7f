import { mayWrite } from './events.ts'
import type { Event, Final } from './history.ts'

/** Authors without a book, though they were asked for as those of books only. */
export function orphans(events: readonly Event[], { authors, books }: Final): string[] {
	const holders = new Set(books.map(({ authorId }) => authorId))
	const alone = new Set(
		events
			.filter((event) => event.table === 'authors' && !event.isHeld && mayWrite(event))
			.map(({ asked }) => asked['email']),
	)
	return authors
		.filter(({ id, email }) => !holders.has(id) && !alone.has(email))
		.map((author) => `an author without a book: ${JSON.stringify(author)}`)
}
