import { Hono } from 'hono'
import { html } from 'hono/html'
import type { AppEnv } from '../http/app-env'
import { only } from '../http/method'
import { Problem } from '../http/problem'
import { ICON, pageHeaders } from './layout'

/** Scalar, from this origin alone: no fonts, proxy, telemetry or assistant from elsewhere, no token kept in the browser. */
const SCALAR = {
	url: '/openapi.json',
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
	pages.get('/', async (c) => await c.html(DOCS)).all(only('GET, HEAD'))
	pages
		.get('/scalar.js', async (c) => {
			const asset = await c.env.ASSETS.fetch(c.req.raw)
			if (asset.status !== 200 && asset.status !== 304)
				throw new Problem('not-found', 'The script of this page was not built.')
			return c.newResponse(asset.body, { status: asset.status, headers: asset.headers })
		})
		.all(only('GET, HEAD'))
	// No table is looked for at a path below.
	pages.all('*', (c) => c.notFound())
	return pages
}

const DOCS = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API docs: edge-get-or-create</title>
<link rel="icon" href="${ICON}">
</head>
<body>
<noscript>The page needs JavaScript. <a href="/openapi.json">/openapi.json</a> says the same.</noscript>
<script id="api-reference" type="application/json" data-configuration="${JSON.stringify(SCALAR)}"></script>
<script src="/docs/scalar.js"></script>
</body>
</html>
`
