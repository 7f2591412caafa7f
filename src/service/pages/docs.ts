import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { type AppEnv, stateOf } from '../http/app-env'
import { only } from '../http/method'
import { nowhere, Problem } from '../http/problem'
import { ICON, page, pageHeaders } from './layout'

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

/** The OpenAPI document as a page to read and to send requests from, and the script that draws it. */
export function docs(): Hono<AppEnv> {
	const pages = new Hono<AppEnv>()
	pages.use(headers)
	pages
		.get(
			'/',
			async (c, next) => {
				if (await drawer(c, 'HEAD')) return await c.html(drawn(stateOf(c).prefix))
				return await next()
			},
			undrawn,
		)
		.all(only('GET, HEAD'))
	pages
		.get('/scalar.js', async (c) => {
			const asset = await drawer(c, c.req.raw)
			if (!asset) throw new Problem('not-found', 'The script of this page is not among the assets.')
			return c.newResponse(asset.body, asset)
		})
		.all(only('GET, HEAD'))
	// No table is looked for at a path below.
	pages.all('*', nowhere)
	return pages
}

/** The script that draws the page, where it is bound: among the assets it has one path, wherever the service is mounted. */
async function drawer(c: Context<AppEnv>, how: Request | 'HEAD'): Promise<Response | undefined> {
	const { assets } = stateOf(c).backend.settings(c.env)
	const init = how === 'HEAD' ? { method: how } : how
	const asset = await assets?.fetch(new Request(new URL('/docs/scalar.js', c.req.url), init))
	return asset?.status === 200 || asset?.status === 304 ? asset : undefined
}

/** What the page says where nothing can draw it. */
const undrawn = page((c) => {
	const path = `${stateOf(c).prefix}/openapi.json`
	const how = 'The script that makes a page of it is not among the assets of this Worker.'
	return {
		title: 'API docs: edge-get-or-create',
		body: html`<h1>The API</h1>
<p class="lead">Every request and answer is described in <a href="${path}">${path}</a>: OpenAPI 3.1, for any reader of it.</p>
<p class="faint">${how}</p>`,
		text: `Every request and answer is described in ${path}: OpenAPI 3.1, for any reader of it.\n${how}\n`,
	}
})

const drawn = (prefix: string) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API docs: edge-get-or-create</title>
<link rel="icon" href="${ICON}">
</head>
<body>
<noscript>The page needs JavaScript. <a href="${prefix}/openapi.json">${prefix}/openapi.json</a> says the same.</noscript>
<script id="api-reference" type="application/json" data-configuration="${JSON.stringify({ url: `${prefix}/openapi.json`, ...SCALAR })}"></script>
<script src="${prefix}/docs/scalar.js"></script>
</body>
</html>
`
