/** The look of /race, behind that of all pages: lanes side by side where there is room. */
export const RACE_STYLE = `
:root { --bar: light-dark(#8ba39f, #5c726e); }
body { max-width: 76rem; }
form { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin: 1.5rem 0 1rem; }
label { display: grid; gap: .25rem; color: var(--faint); font-size: .875rem; }
input, select {
	height: 2.5rem; padding: 0 .625rem; border: 1px solid var(--control); border-radius: 6px;
	background: var(--card); color: var(--ink); font: inherit; font-size: 1rem; min-width: 7rem; max-width: 100%;
}
[name=callers] { width: 7rem; }
[name=token] { width: 12rem; }
.go { height: 2.5rem; padding: 0 1.75rem; border-color: var(--link); background: var(--link); color: var(--paper); font-size: 1rem; }
.running .go { opacity: .6; cursor: progress; }
#said { min-height: 1.6em; font-weight: 600; }
#lanes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1.25rem; align-items: start; }
.lane { padding: 1.125rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
.lane h2 { margin: 0 0 .25rem; }
.lane p { margin: 0; }
.what { color: var(--faint); font-size: .9375rem; line-height: 1.45; }
svg { display: block; width: 100%; height: 15rem; margin-top: 1rem; border-bottom: 1px solid var(--line); }
rect.existing { fill: var(--bar); }
rect.created { fill: var(--good); }
rect.error, rect.double { fill: var(--bad); }
.axis { display: flex; justify-content: space-between; font: .75rem/1.8 var(--mono); }
dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: .625rem .75rem; margin: .75rem 0; }
dt { display: flex; align-items: center; gap: .4em; color: var(--faint); font-size: .8125rem; line-height: 1.3; }
dd { margin: 0; font: 600 1.125rem/1.4 var(--mono); font-variant-numeric: tabular-nums; white-space: nowrap; }
.rows dd, .p50 dd, .p95 dd, .p99 dd { font-size: .875rem; }
.made dt::before, .found dt::before, .doubles dt::before, .errors dt::before { content: ''; width: .65em; height: .65em; border-radius: 2px; background: var(--bar); }
.made dt::before { background: var(--good); }
.doubles dt::before, .errors dt::before { background: var(--bad); }
.made dd { color: var(--good); }
.doubles.some dd, .errors.some dd { color: var(--bad); }
@media (min-width: 48rem) { .what { min-height: 4.35em; } }
.verdict { min-height: 4.5em; font-size: .9375rem; line-height: 1.5; }
`
