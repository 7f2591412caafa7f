import { Hono } from 'hono'
import type { AppEnv } from './app-env'
import { only } from './method'
import { PROBLEMS, Problem } from './problem'

/** What a problem means and what to do, at the URL that its `type` names. */
export function problemPages(): Hono<AppEnv> {
	const pages = new Hono<AppEnv>()
	for (const [slug, { status, title, advice }] of Object.entries(PROBLEMS)) {
		pages
			.get(`/${slug}`, (c) => c.text(`${title}\n\n${slug}, HTTP status ${status}\n\n${advice}\n`))
			.all(only('GET, HEAD'))
	}
	pages.all('/:slug', () => {
		throw new Problem(
			'not-found',
			`There is no such problem. There are: ${Object.keys(PROBLEMS).join(', ')}.`,
		)
	})
	return pages
}
