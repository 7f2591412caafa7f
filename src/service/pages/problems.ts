import { Hono } from 'hono'
import { html } from 'hono/html'
import { type AppEnv, stateOf } from '../http/app-env'
import { only } from '../http/method'
import { nowhere, PROBLEMS, Problem, type Slug } from '../http/problem'
import { HEADERS } from '../openapi/headers'
import { extrasOf, isSlug, PROBLEM_HEADERS, problemSchema } from '../openapi/problem-schemas'
import { schemaExample } from '../openapi/schema-example'
import { type Page, page, pageHeaders, prose } from './layout'
import { type Html, lines } from './lines'

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
	const explain = page((c) => oneProblem(slugOf(c.req.param('slug')), stateOf(c).prefix))
	// One route for all: with a route for each beside it, Hono would give up its fastest router for every path.
	pages.get('/:slug', explain).all(only('GET, HEAD'))
	// No table is looked for at a path below.
	pages.all('*', nowhere)
	return pages
}

/** @throws Problem where there is none of the name. */
function slugOf(name = ''): Slug {
	if (isSlug(name)) return name
	throw new Problem('not-found', `There is no such problem. There are: ${SLUGS}.`)
}

const COMMON =
	'`detail` says what was wrong with that one request. `requestId` is also in the `X-Request-Id` header and in the log of the service.'

/** What it is, as the OpenAPI document has it. */
function oneProblem(slug: Slug, prefix: string): Page {
	const { status, title, advice } = PROBLEMS[slug]
	const own = [
		...(PROBLEM_HEADERS[status] ?? []).map((name) => [name, HEADERS[name].description] as const),
		...Object.entries(extrasOf(slug, prefix)).map(
			([name, { description }]) => [name, description ?? ''] as const,
		),
	]
	const answer = sample(slug, prefix)
	return {
		title: `${title} (${status} ${slug})`,
		description: advice.replaceAll('`', ''),
		body: html`
<h1>${title}</h1>
<p><span class="status bad">${status}</span> <code>${slug}</code></p>
<p class="lead">${prose(advice)}</p>
<h2>Where you saw it</h2>
<p>In an answer such as this:</p>
<pre>${lines(answer)}</pre>
${own.length > 0 ? members(own) : ''}
<p class="faint">${prose(COMMON)}</p>
<p><a href="${prefix}/problems">All problems</a></p>`,
		text: `${title}\n\n${slug}, HTTP status ${status}\n\n${advice}\n\n${answer}\n`,
	}
}

function members(own: readonly (readonly [string, string])[]): Html {
	return html`<dl class="members">${own.map(([name, what]) => html`<dt><code>${name}</code></dt><dd>${what}</dd>`)}</dl>`
}

/** An answer, down to the headers that it has for this problem. */
function sample(slug: Slug, prefix: string): string {
	const { status } = PROBLEMS[slug]
	const headers = (PROBLEM_HEADERS[status] ?? []).map((name) => `${name}: ${exampleOf(HEADERS[name])}`)
	const body = JSON.stringify(schemaExample(problemSchema(slug, prefix)), null, 2)
	return [
		`HTTP/1.1 ${status}`,
		'Content-Type: application/problem+json',
		...headers,
		'',
		shortLists(body),
	].join('\n')
}

function exampleOf({ example = '…' }: { example?: string }): string {
	return example
}

/** As a person writes a list of words: on one line. */
function shortLists(json: string): string {
	return json.replaceAll(
		/\[\s+("[^"]*"(?:,\s+"[^"]*")*)\s+\]/g,
		(_, items: string) => `[${items.replaceAll(/\s+/g, ' ')}]`,
	)
}

function allProblems(prefix: string): Page {
	const problems = Object.entries(PROBLEMS)
	return {
		title: 'Problems',
		description: 'What each error of this service means, and what to do.',
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
