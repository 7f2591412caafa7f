import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { type AppEnv, stateOf } from '../http/app-env'
import { only } from '../http/method'
import { nowhere } from '../http/problem'
import { head, page, pageHeaders, siteLinks } from './layout'
import { scriptPath, serveScript } from './scripts'

/** Scalar, from this origin alone: no fonts, proxy, telemetry or assistant from elsewhere, no token kept in the browser. */
const SCALAR = {
	withDefaultFonts: false,
	telemetry: false,
	agent: { disabled: true },
	mcp: { disabled: true },
	hideClientButton: true,
	showDeveloperTools: 'never',
	persistAuth: false,
	documentDownloadType: 'none',
	defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
}

const headers = pageHeaders({
	scriptSrc: ["'self'"],
	connectSrc: ["'self'"],
	// Scalar writes style attributes, which no nonce or hash can allow.
	styleSrc: ["'unsafe-inline'"],
})

const ABOUT = {
	title: 'API docs: edge-get-or-create',
	description: 'Every request and answer, and a form to send them.',
}

/** The OpenAPI document as a page to read and to send requests from, and the script that draws it. */
export function docs(): Hono<AppEnv> {
	const pages = new Hono<AppEnv>()
	pages.use(headers)
	pages
		.get(
			'/',
			async (c, next) => {
				const script = await scriptPath(c, 'docs/scalar.js')
				if (script !== undefined) return await c.html(drawn(script, stateOf(c).prefix))
				return await next()
			},
			undrawn,
		)
		.all(only('GET, HEAD'))
	pages.all('/:script', serveScript('docs/scalar.js'))
	// No table is looked for at a path below.
	pages.all('*', nowhere)
	return pages
}

/** What the page says where nothing can draw it. */
const undrawn = page((c) => {
	const path = `${stateOf(c).prefix}/openapi.json`
	const how = 'The script that makes a page of it is not among the assets of this Worker.'
	return {
		...ABOUT,
		body: html`<h1>The API</h1>
<p class="lead">Every request and answer is described in <a href="${path}">${path}</a>: OpenAPI 3.1, for any reader of it.</p>
<p class="faint">${how}</p>`,
		text: `Every request and answer is described in ${path}: OpenAPI 3.1, for any reader of it.\n${how}\n`,
	}
})

/**
 * Our links above Scalar, in its colours, and as high as it is told; and its faintest colours a little stronger, for they
 * are too faint to be read by all.
 */
const STYLE = `
:root { --scalar-custom-header-height: 44px; }
body { margin: 0; }
.site {
	position: sticky; top: 0; z-index: 30; box-sizing: border-box; height: 44px; padding: 0 1rem;
	display: flex; align-items: center; gap: 1.25rem; white-space: nowrap;
	font: .875rem/1 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
	color: var(--scalar-color-1); background: var(--scalar-background-1); border-bottom: 1px solid var(--scalar-border-color);
}
.site a { color: inherit; text-decoration: none; }
.site a:hover { text-decoration: underline; }
.site :focus-visible { outline: 2px solid; outline-offset: 3px; border-radius: 2px; }
.site .name { flex-grow: 1; font-weight: 650; }
@media (max-width: 40rem) { .site .minor { display: none; } }
body.light-mode { --scalar-color-3: #696969; --scalar-color-green: #007a4d; --scalar-color-orange: #b54708; --scalar-color-blue: #0067b8; }
body.dark-mode { --scalar-color-3: #949494; }
`

const drawn = (script: string, prefix: string) => html`<!doctype html>
<html lang="en">
<head>
${head(ABOUT)}
<style>${raw(STYLE)}</style>
</head>
<body>
${siteLinks(prefix)}
<noscript>The page needs JavaScript. <a href="${prefix}/openapi.json">${prefix}/openapi.json</a> says the same.</noscript>
<script id="api-reference" type="application/json" data-configuration="${JSON.stringify({ url: `${prefix}/openapi.json`, ...SCALAR })}"></script>
<script src="${script}"></script>
</body>
</html>
`
