import type { Handler } from 'hono'
import { html } from 'hono/html'
import type { AppEnv } from '../http/app-env'
import { page } from './layout'

const LINKS = [
	['/docs', 'every request and answer, and a form to send them'],
	['/openapi.json', 'the same for machines: OpenAPI 3.1'],
	['/problems', 'what each error means and what to do'],
	['/healthz', 'whether the database answers'],
] as const

const ALICE = '"name": "Alice", "email": "alice@example.com"'

/** Broken where a narrow screen may break it: `created` has its own line. */
const answer = (created: boolean) => `{
  "row": { "id": 1, ${ALICE} },
  "created": ${created}
}`

/** What this is, the one request that shows it, and where to read on. */
export function home(): Handler<AppEnv> {
	return page((c) => {
		const curl = `curl -i ${new URL(c.req.url).origin}/users \\
  -H "Authorization: Bearer $API_TOKEN" \\
  --json '{${ALICE}}'`
		return {
			title: 'edge-get-or-create',
			body: html`
<h1>Give me this row; make it if it isn’t there; and tell me the truth about which.</h1>
<p class="lead">Over HTTPS, from the edge, with no race: of any number of callers, exactly one reads <code>"created": true</code>.</p>
<h2>Ask for a row</h2>
<pre>${curl}</pre>
<p class="faint">A service that <code>npm run dev</code> started has the token <code>dev-token</code>.</p>
<h2>The first time it is made</h2>
<pre><span class="status good">201 Created</span>
Location: /users/1

${answer(true)}</pre>
<h2>From then on it is there</h2>
<pre><span class="status good">200 OK</span>

${answer(false)}</pre>
<h2>Read on</h2>
<ul class="links">${LINKS.map(([path, what]) => html`<li><a href="${path}">${path}</a> <span class="faint">${what}</span></li>`)}</ul>`,
			text: `edge-get-or-create: give me this row; make it if it isn't there; and tell me the truth about which.

${curl}

The first time it is made, 201:

${answer(true)}

From then on it is there, 200:

${answer(false)}

${LINKS.map(([path, what]) => `${path}: ${what}\n`).join('')}`,
		}
	})
}
