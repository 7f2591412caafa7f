import type { Handler } from 'hono'
import { html } from 'hono/html'
import { description } from '../../../package.json'
import { type AppEnv, stateOf } from '../http/app-env'
import { locationOf } from '../http/location'
import { tablePath } from '../http/path'
import { examplesOf } from '../openapi/examples'
import type { Resource } from '../resource'
import { copied } from './copy'
import { nonceOf, page } from './layout'
import { line, lines } from './lines'

const LINKS = [
	['/docs', 'every request and answer, and a form to send them'],
	['/openapi.json', 'the same for machines: OpenAPI 3.1'],
	['/problems', 'what each error means and what to do'],
	['/healthz', 'whether the database answers'],
] as const

/** What this is, the one request that shows it, and where to read on. */
export function home(resources: readonly Resource[]): Handler<AppEnv> {
	const shown = exampleOf(resources)
	return page((c) => {
		const { prefix } = stateOf(c)
		const links = LINKS.map(([path, what]) => [`${prefix}${path}`, what] as const)
		const example = shown && {
			curl: `curl -i ${new URL(c.req.url).origin}${prefix}${tablePath(shown.resource.name)} \\
  -H "Authorization: Bearer $API_TOKEN" \\
  --json '{${members(shown.sent)}}'`,
			location: locationOf(shown.resource, shown.answered, prefix),
			created: answer(shown.answered, true),
			found: answer(shown.answered, false),
		}
		return {
			title: 'edge-get-or-create',
			description,
			body: html`
<h1>Give me this row; make it if it isn’t there; and tell me the truth about which.</h1>
<p class="lead">Over HTTPS, from the edge, with no race: of any number of callers, exactly one reads <code>"created": true</code>.</p>${
				example
					? html`
<h2>Ask for a row</h2>
${copied('curl', lines(example.curl), nonceOf(c))}
<p class="faint">A service that <code>npm run dev</code> started has the token <code>dev-token</code>.</p>
<h2>The first time it is made</h2>
<pre>${line(html`<span class="status good">201 Created</span>`)}${
							example.location === undefined ? '' : line(`Location: ${example.location}`)
						}${lines(`\n${example.created}`)}</pre>
<h2>From then on it is there</h2>
<pre>${line(html`<span class="status good">200 OK</span>`)}${lines(`\n${example.found}`)}</pre>`
					: ''
			}
<h2>Read on</h2>
<ul class="links">${links.map(([path, what]) => html`<li><a href="${path}">${path}</a> <span class="faint">${what}</span></li>`)}</ul>`,
			text: `edge-get-or-create: give me this row; make it if it isn't there; and tell me the truth about which.
${
	example
		? `
${example.curl}

The first time it is made, 201:

${example.created}

From then on it is there, 200:

${example.found}
`
		: ''
}
${links.map(([path, what]) => `${path}: ${what}\n`).join('')}`,
		}
	})
}

interface Example {
	resource: Resource
	sent: object
	answered: Record<string, unknown>
}

/** Of the first table that a row can be guessed for. */
function exampleOf(resources: readonly Resource[]): Example | undefined {
	for (const resource of resources) {
		const { sent, answered } = examplesOf(resource)
		if (sent[0] && answered[0]) return { resource, sent: sent[0], answered: answered[0] }
	}
	return undefined
}

/** Broken where a narrow screen may break it: `created` has its own line. */
function answer(row: object, created: boolean): string {
	return `{
  "row": { ${members(row)} },
  "created": ${created}
}`
}

/** As a person writes a small object: on one line. */
function members(row: object): string {
	return Object.entries(row)
		.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
		.join(', ')
}
