import { DEEPEST } from './lines'

/** A line that is broken goes on a little deeper than it began. */
const INDENTS = Array.from(
	{ length: DEEPEST + 1 },
	(_, n) => `.i${n} { padding-left: ${n + 2}ch; text-indent: -${n + 2}ch; }`,
).join('\n')

/** The look of every page but /docs: system fonts, light and dark, from 320 pixels on. */
export const STYLE = `
:root {
	color-scheme: light dark;
	--paper: light-dark(#fbfaf7, #14161a);
	--card: light-dark(#ffffff, #1c1f25);
	--ink: light-dark(#1d2127, #e8e9ec);
	--faint: light-dark(#626973, #9aa1ac);
	--line: light-dark(#e4e1d9, #2c3038);
	--control: light-dark(#868d96, #757d8a);
	--link: light-dark(#0b6e63, #5fd3c3);
	--good: light-dark(#0b6e63, #5fd3c3);
	--bad: light-dark(#b3372a, #ff9a8b);
	--mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
}
* { box-sizing: border-box; }
body {
	margin: 0 auto; padding: 0 1.25rem 4rem; max-width: 50rem;
	background: var(--paper); color: var(--ink);
	font: 1.0625rem/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
header { padding: 1.25rem 0; border-bottom: 1px solid var(--line); font-size: .9375rem; }
.site { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
.site a { color: var(--faint); text-decoration: none; }
.site .name { flex-grow: 1; color: inherit; }
.name { font-weight: 650; }
a { color: var(--link); text-underline-offset: .2em; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
h1 { margin: 2.5rem 0 1rem; font-size: clamp(1.75rem, 5vw, 2.5rem); line-height: 1.15; letter-spacing: -.02em; text-wrap: balance; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.125rem; }
p { margin: 0 0 1rem; max-width: 42rem; }
.lead { font-size: 1.1875rem; text-wrap: pretty; }
.faint { color: var(--faint); }
code, pre { font-family: var(--mono); font-size: .875em; }
p code, li code, dt code { padding: .1em .35em; border-radius: 4px; background: light-dark(#efece4, #262a32); overflow-wrap: anywhere; }
pre {
	margin: 0 0 1rem; padding: 1rem 1.125rem; overflow-x: auto; line-height: 1.65; white-space: pre-wrap; overflow-wrap: anywhere;
	background: var(--card); border: 1px solid var(--line); border-radius: 8px;
}
pre > span { display: block; }
${INDENTS}
.copied { position: relative; }
.copied button { position: absolute; right: 0; bottom: calc(100% + .625rem); }
button {
	padding: .25rem .75rem; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: var(--link);
	font: 600 .8125rem/1.5 inherit; font-family: inherit; cursor: pointer;
}
button:hover { border-color: var(--link); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.members { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1rem; max-width: 42rem; }
.members dd { margin: 0; }
.status { font-family: var(--mono); font-weight: 600; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.links { padding-left: 1.1rem; }
.links li::marker { color: var(--faint); }
.list { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
.list a { display: grid; grid-template-columns: 3.25rem 1fr; padding: .6rem 0; border-bottom: 1px solid var(--line); color: inherit; text-decoration: none; }
.list a:hover .title { color: var(--link); text-decoration: underline; }
.list .slug { grid-column: 2; color: var(--faint); font: .8125rem/1.5 var(--mono); }
@media (max-width: 40rem) { .site .name { flex-basis: 100%; } }
@media (min-width: 40rem) {
	.list a { grid-template-columns: 3.25rem 1fr auto; align-items: baseline; }
	.list .slug { grid-column: 3; }
}
`
