import { Hono, type MiddlewareHandler } from 'hono'
import { html } from 'hono/html'
import { NONCE } from 'hono/secure-headers'
import { type AppEnv, stateOf } from '../http/app-env'
import { only } from '../http/method'
import { nowhere } from '../http/problem'
import type { Resource } from '../resource'
import { page, pageHeaders } from './layout'
import type { Html } from './lines'
import { RACE_STYLE } from './race-style'
import type { RaceTables } from './race-table'
import { raceTables } from './race-tables'
import { scriptPath, serveScript } from './scripts'

const TITLE = 'The race: edge-get-or-create'
const DESCRIPTION = 'Hundreds of callers ask for the same row at once, and exactly one of them made it.'

/** How many may race at once, and do unless told otherwise. */
const CALLERS = { most: 500, usual: 100 }

const headers = pageHeaders({ scriptSrc: ["'self'"], connectSrc: ["'self'"], styleSrc: [NONCE] })

/** A page that races, drawn by a script. It writes rows: where RACE_PAGE is not on there is nothing here. */
export function race(resources: readonly Resource[], hasOwnAccess: boolean): Hono<AppEnv> {
	const pages = new Hono<AppEnv>()
	// Worked out once, at the first request: anyone may ask.
	let known: RaceTables | undefined
	pages.use(whereItIsOn, headers)
	pages
		.get(
			'/',
			page(async (c) => {
				const { prefix } = stateOf(c)
				const tables = (known ??= raceTables(resources))
				const script = await scriptPath(c, 'race/race.js')
				return {
					title: TITLE,
					description: DESCRIPTION,
					style: RACE_STYLE,
					body: html`
<h1>A hundred callers, one row</h1>
<p class="lead">All ask at once for a row, or to make it if it isn’t there. Each bar is a request, from this browser to the database and back. However many there are, exactly one reads <code>"created": true</code>.</p>
${script === undefined ? html`<p class="faint">The script that draws the race is not among the assets of this Worker.</p>` : course({ tables, script, prefix, hasOwnAccess })}`,
					text: `${DESCRIPTION}\n\nA browser shows it. It can race: ${tables.raced.map(({ name }) => name).join(', ') || 'nothing'}.\n`,
				}
			}),
		)
		.all(only('GET, HEAD'))
	pages.all('/:script', serveScript('race/race.js'))
	pages.all('*', nowhere)
	return pages
}

const whereItIsOn: MiddlewareHandler<AppEnv> = async (c, next) => {
	if (!stateOf(c).backend.settings(c.env).racePage) return nowhere()
	return await next()
}

interface Course {
	tables: RaceTables
	script: string
	prefix: string
	hasOwnAccess: boolean
}

function course({ tables, script, prefix, hasOwnAccess }: Course): Html {
	if (tables.raced.length === 0) return html`<p>No table can be raced here.</p>${leftOut(tables)}`
	return html`
<noscript><p>The page needs JavaScript.</p></noscript>
<form id="race" data-prefix="${prefix}" data-tables="${JSON.stringify(tables.raced)}">
<label>Table <select name="table">${tables.raced.map(({ name }) => html`<option>${name}</option>`)}</select></label>
<label>Callers <input name="callers" type="number" min="1" max="${CALLERS.most}" value="${CALLERS.usual}" required></label>
<label>They ask for <select name="kind"><option value="one">one row, all of them</option><option value="few">ten rows, many for each</option><option value="new">a row of their own</option></select></label>
${hasOwnAccess ? '' : html`<label>Token <input name="token" type="password" autocomplete="off" required></label>`}
<button class="go">Go</button>
</form>
<p class="faint">It writes rows, which stay. Each caller sends one such as <code id="asked"></code></p>
<p id="said" role="status"></p>
<div id="lanes"></div>
<template id="lane"><section class="lane">
<h2></h2>
<p class="what"></p>
<svg role="img" preserveAspectRatio="none" viewBox="0 0 1 1" aria-label="Not run yet"></svg>
<p class="axis faint"><span>0</span><span class="end"></span></p>
<dl>
<div class="made"><dt>created</dt><dd>–</dd></div>
<div class="found"><dt>existing</dt><dd>–</dd></div>
<div class="doubles"><dt>doubles</dt><dd>–</dd></div>
<div class="errors"><dt>errors</dt><dd>–</dd></div>
<div class="rows"><dt>rows now</dt><dd>–</dd></div>
<div class="p50"><dt>p50</dt><dd>–</dd></div>
<div class="p95"><dt>p95</dt><dd>–</dd></div>
<div class="p99"><dt>p99</dt><dd>–</dd></div>
</dl>
<p class="verdict" role="status"></p>
</section></template>
${leftOut(tables)}
<script src="${script}"></script>`
}

/** The tables that can't be raced, and why. */
function leftOut({ left }: RaceTables): Html {
	if (left.length === 0) return html``
	return html`<h2>Not here</h2>
<ul>${left.map(({ name, why }) => html`<li><code>${name}</code>: ${why}.</li>`)}</ul>`
}
