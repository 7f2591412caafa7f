import { Hono } from 'hono'
import { html } from 'hono/html'
import { type AppEnv, stateOf } from '../http/app-env'
import { only } from '../http/method'
import { nowhere, Problem } from '../http/problem'
import { ICON, pageHeaders } from './layout'

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
	pages.get('/', async (c) => await c.html(page(stateOf(c).prefix))).all(only('GET, HEAD'))
	pages
		.get('/scalar.js', async (c) => {
			const { assets } = stateOf(c).backend.settings(c.env)
			// Among the assets it is at this path, wherever the service is mounted.
			const asset = await assets?.fetch(new Request(new URL('/docs/scalar.js', c.req.url), c.req.raw))
			if (asset?.status !== 200 && asset?.status !== 304)
				throw new Problem('not-found', 'The script of this page is not among the assets.')
			return c.newResponse(asset.body, { status: asset.status, headers: asset.headers })
		})
		.all(only('GET, HEAD'))
	// No table is looked for at a path below.
	pages.all('*', nowhere)
	return pages
}

const page = (prefix: string) => html`<!doctype html>
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
