import type { Context, Handler } from 'hono'
import { html, raw } from 'hono/html'
import { NONCE, secureHeaders } from 'hono/secure-headers'
import { type AppEnv, stateOf } from '../http/app-env'
import { STYLE } from './style'

type Html = ReturnType<typeof html>

/** What a page says, to a browser and to a terminal. */
export interface Page {
	title: string
	body: Html
	text: string
}

/** A tick on the row that was there: the only image, inside the page, so that a browser asks for no other. */
export const ICON =
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
export function page(of: (c: Context<AppEnv>) => Page): Handler<AppEnv> {
	return async (c) => {
		const { title, body, text } = of(c)
		c.header('Vary', 'Accept')
		if (!c.req.header('accept')?.includes('text/html')) return c.text(text)
		return await c.html(layout(title, body, c.get('secureHeadersNonce') ?? '', stateOf(c).prefix))
	}
}

function layout(title: string, body: Html, nonce: string, prefix: string): Html {
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<style nonce="${nonce}">${raw(STYLE)}</style>
</head>
<body>
<header>
<a class="name" href="${prefix}/">edge-get-or-create</a>
<nav><a href="${prefix}/docs">Docs</a><a href="${prefix}/problems">Problems</a><a href="${prefix}/openapi.json">OpenAPI</a><a href="${prefix}/healthz">Health</a></nav>
</header>
<main>${body}</main>
</body>
</html>
`
}

/** Our own prose, in which backticks mark code. */
export function prose(text: string): Html {
	const parts = text.split('`')
	return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`
}
