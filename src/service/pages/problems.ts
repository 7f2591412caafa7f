import { Hono } from 'hono'
import { html } from 'hono/html'
import { type AppEnv, stateOf } from '../http/app-env'
import { only } from '../http/method'
import { nowhere, PROBLEMS, Problem } from '../http/problem'
import { type Page, page, pageHeaders, prose } from './layout'

const SLUGS = Object.keys(PROBLEMS).join(', ')

/** What a problem means and what to do, at the URL that its `type` names; all of them at the path above. */
export function problemPages(): Hono<AppEnv> {
	const pages = new Hono<AppEnv>()
	pages.use(pageHeaders())
	pages
		.get(
			'/',
			page((c) => allProblems(stateOf(c).prefix)),
		)
		.all(only('GET, HEAD'))
	const explained = new Map(
		Object.entries(PROBLEMS).map(([slug, problem]) => [
			slug,
			page((c) => oneProblem(slug, problem, stateOf(c).prefix)),
		]),
	)
	// One route for all: with a route for each beside it, Hono would give up its fastest router for every path.
	pages
		.get('/:slug', async (c, next) => {
			const explain = explained.get(c.req.param('slug'))
			if (!explain) throw new Problem('not-found', `There is no such problem. There are: ${SLUGS}.`)
			return await explain(c, next)
		})
		.all(only('GET, HEAD'))
	// No table is looked for at a path below.
	pages.all('*', nowhere)
	return pages
}

function oneProblem(
	slug: string,
	{ status, title, advice }: (typeof PROBLEMS)[keyof typeof PROBLEMS],
	prefix: string,
): Page {
	return {
		title: `${title} (${status} ${slug})`,
		body: html`
<h1>${title}</h1>
<p><span class="status bad">${status}</span> <code>${slug}</code></p>
<p class="lead">${prose(advice)}</p>
<h2>Where you saw it</h2>
<p>In an answer with <code>content-type: application/problem+json</code>, such as:</p>
<pre>${sample(slug, status, title, prefix)}</pre>
<p class="faint">${prose('`detail` says what was wrong with that one request. `requestId` is also in the `X-Request-Id` header and in the log of the service.')}</p>
<p><a href="${prefix}/problems">All problems</a></p>`,
		text: `${title}\n\n${slug}, HTTP status ${status}\n\n${advice}\n`,
	}
}

function sample(slug: string, status: number, title: string, prefix: string): string {
	const body = { type: `${prefix}/problems/${slug}`, title, status, detail: '…', requestId: '…' }
	return JSON.stringify(body, null, 2)
}

function allProblems(prefix: string): Page {
	const problems = Object.entries(PROBLEMS)
	return {
		title: 'Problems',
		body: html`
<h1>Problems</h1>
<p class="lead">Every error is <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a> problem JSON. Its <code>type</code> is one of these pages.</p>
<ul class="list">${problems.map(
			([slug, { status, title }]) =>
				html`<li><a href="${prefix}/problems/${slug}"><span class="status bad">${status}</span><span class="title">${title}</span><span class="slug">${slug}</span></a></li>`,
		)}</ul>`,
		text: problems
			.map(([slug, { status, title }]) => `${status} ${prefix}/problems/${slug}: ${title}\n`)
			.join(''),
	}
}
