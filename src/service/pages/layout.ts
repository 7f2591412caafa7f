import type { Context, Handler } from 'hono'
import { html, raw } from 'hono/html'
import { NONCE, secureHeaders } from 'hono/secure-headers'
import { type AppEnv, stateOf } from '../http/app-env'
import type { Html } from './lines'
import { STYLE } from './style'

/** What a page says, to a browser and to a terminal. */
export interface Page {
	title: string
	/** What it is about, for those who find or share it. */
	description: string
	body: Html
	text: string
	/** What it looks like beyond what all pages do. */
	style?: string
}

/** A tick on the row that was there: the only image, inside the page, so that a browser asks for no other. */
const ICON =
	"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='%230b6e63'/><path d='m4 8.5 2.7 2.7L12 5.5' fill='none' stroke='white' stroke-width='2'/></svg>"

type Policy = NonNullable<NonNullable<Parameters<typeof secureHeaders>[0]>['contentSecurityPolicy']>

/** Nothing but the page itself, unless `more` allows it: no script, no other origin, no frame around it. */
export const pageHeaders = (more: Policy = {}) =>
	secureHeaders({
		contentSecurityPolicy: {
			defaultSrc: ["'none'"],
			styleSrc: [NONCE],
			imgSrc: ['data:'],
			baseUri: ["'none'"],
			formAction: ["'none'"],
			frameAncestors: ["'none'"],
			...more,
		},
		xFrameOptions: 'DENY',
	})

/**
 * Answers with the page: as HTML where `Accept` names `text/html`, as every browser does,
 * and as plain text to all others, such as curl and API clients.
 */
export function page(of: (c: Context<AppEnv>) => Page | Promise<Page>): Handler<AppEnv> {
	return async (c) => {
		const shown = await of(c)
		c.header('Vary', 'Accept')
		if (!c.req.header('accept')?.includes('text/html')) return c.text(shown.text)
		return await c.html(layout(shown, nonceOf(c), stateOf(c).prefix))
	}
}

/** What lets a style or a script of ours be, where the page's headers allow any. */
export function nonceOf(c: Context<AppEnv>): string {
	return c.get('secureHeadersNonce') ?? ''
}

function layout(shown: Page, nonce: string, prefix: string): Html {
	return html`<!doctype html>
<html lang="en">
<head>
${head(shown)}
<style nonce="${nonce}">${raw(STYLE)}${raw(shown.style ?? '')}</style>
</head>
<body>
<header>${siteLinks(prefix)}</header>
<main>${shown.body}</main>
</body>
</html>
`
}

/** What browsers, and those who show a link to the page, are told of it. */
export function head({ title, description }: Pick<Page, 'title' | 'description'>): Html {
	return html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="edge-get-or-create">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<link rel="icon" href="${ICON}">`
}

/** Where to go from any page. */
export function siteLinks(prefix: string): Html {
	return html`<nav class="site" aria-label="Site"><a class="name" href="${prefix}/">edge-get-or-create</a><a href="${prefix}/docs">Docs</a><a href="${prefix}/problems">Problems</a><a class="minor" href="${prefix}/openapi.json">OpenAPI</a><a class="minor" href="${prefix}/healthz">Health</a></nav>`
}

/** Our own prose, in which backticks mark code. */
export function prose(text: string): Html {
	const parts = text.split('`')
	return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`
}
