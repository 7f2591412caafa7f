import type { Figures, Results } from './results.ts'
import { titleOf } from './tables.ts'

/** A group of bars. */
interface Panel {
	title: string
	unit: string
	bars: { title: string; value: number; ours: boolean; note: string }[]
}

const WIDTH = 760
const LABEL = 260
const BAR = 18
const STEP = 26
const HEAD = 34
const GAP = 18

/** A picture of the results, which follows the reader's light or dark mode and has no background of its own. */
export function chart(results: Results): string {
	const panels = panelsOf(results.cells).filter(({ bars }) => bars.length > 0)
	let top = 8
	const groups = panels.map((panel) => {
		const group = panelAt(panel, top)
		top += HEAD + panel.bars.length * STEP + GAP
		return group
	})
	const { processors, model } = results.machine
	const foot = `${processors} processors (${model}), ${results.rounds} rounds, medians, ${results.date.slice(0, 10)}`
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 24}" role="img" aria-label="Requests and rows a second, this service beside others">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.quiet { fill: #59636e }
.ours { fill: #0969da }
.other { fill: #afb8c1 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.quiet { fill: #9198a1 }
.ours { fill: #4493f8 }
.other { fill: #656c76 }
}
</style>
${groups.join('\n')}
<text class="quiet" x="0" y="${top + 12}">${escape(foot)}</text>
</svg>
`
}

function panelsOf(cells: readonly Figures[]): Panel[] {
	const at = (works: readonly string[], connections: number, bulk: boolean): Panel['bars'] =>
		cells
			.filter(
				(cell) =>
					works.includes(cell.work) &&
					cell.connections === connections &&
					cell.rowsPerSecond > cell.perSecond === bulk,
			)
			.map((cell) => ({
				title: titleOf(cell.case),
				value: cell.rowsPerSecond,
				ours: titleOf(cell.case).startsWith('this service'),
				note: cell.errors > 0 ? `, ${cell.errors} errors` : '',
			}))
	return [
		{ title: 'Creates a second', unit: '64 connections', bars: at(['none', 'new'], 64, false) },
		{ title: 'Hits a second', unit: '64 connections', bars: at(['none', 'existing'], 64, false) },
		{ title: 'Rows created a second', unit: '1,000 a request, 16 connections', bars: at(['new'], 16, true) },
		{
			title: 'Rows found a second',
			unit: '1,000 a request, 16 connections',
			bars: at(['existing'], 16, true),
		},
	]
}

function panelAt(panel: Panel, top: number): string {
	const { unit, bars } = panel
	const most = Math.max(...bars.map(({ value }) => value))
	const lines = bars.map(({ title, value, ours, note }, index) => {
		const y = top + HEAD + index * STEP
		const width = Math.max(1, ((WIDTH - LABEL - 130) * value) / most).toFixed(1)
		const x = LABEL + Number(width) + 8
		return [
			`<text x="${LABEL - 10}" y="${y + 13}" text-anchor="end">${escape(title)}</text>`,
			`<rect class="${ours ? 'ours' : 'other'}" x="${LABEL}" y="${y}" width="${width}" height="${BAR}" rx="3"/>`,
			`<text x="${x}" y="${y + 13}">${value.toLocaleString('en')}${escape(note)}</text>`,
		].join('\n')
	})
	return [
		`<text class="title" x="0" y="${top + 16}">${escape(panel.title)} <tspan class="quiet" font-weight="400">${escape(unit)}</tspan></text>`,
		...lines,
	].join('\n')
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
