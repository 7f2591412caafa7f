import type { CaseName } from './cases.ts'
import type { Cpu } from './cpu.ts'
import type { Figures, Results } from './results.ts'
import { titleOf } from './tables.ts'
import type { Work } from './work.ts'

/** A group of lines with a bar each and, where the processors' time says something, a second one for that. */
interface Panel {
	title: string
	unit: string
	/** What the time is of. */
	cpuOf?: string
	lines: Line[]
}

interface Line {
	title: string
	value: number
	text: string
	ours: boolean
	cpu?: Cpu
}

/** The lines that decide: at most eight, what people would use instead among them. */
interface Choice extends Omit<Panel, 'lines'> {
	cells: (readonly [CaseName, Work])[]
	connections: number
	figure: 'rowsPerSecond' | 'p50'
}

const RIVALS: CaseName[] = ['libsql-row', 'select-then-insert', 'upsert']
const OURS: CaseName[] = ['ours-unshared', 'ours-object', 'ours']
const BULK: CaseName[] = ['libsql-rows', 'upsert-array', 'ndjson', 'array']

function each(names: readonly CaseName[], work: Work): Choice['cells'] {
	return names.map((name) => [name, work])
}

const ONE = { unit: '64 connections', connections: 64, figure: 'rowsPerSecond' } as const
const MANY = { unit: '1,000 a request, 16 connections', connections: 16, figure: 'rowsPerSecond' } as const

const CHOICES: Choice[] = [
	{
		...ONE,
		title: 'Creates a second',
		cpuOf: 'a create',
		cells: [['json', 'none'], ...each([...RIVALS, ...OURS], 'new')],
	},
	{
		...ONE,
		title: 'Hits a second',
		cpuOf: 'a hit',
		cells: [['json', 'none'], ...each([...RIVALS, ...OURS], 'existing')],
	},
	{
		...MANY,
		title: 'Rows written a second',
		cpuOf: 'a row',
		cells: [...each(BULK, 'new'), ['array-put', 'existing']],
	},
	{ ...MANY, title: 'Rows found a second', cpuOf: 'a row', cells: each(BULK, 'existing') },
	{
		title: 'A lone caller’s wait',
		unit: 'ms for one row, median',
		connections: 1,
		figure: 'p50',
		cells: each(['fetch', 'ours', 'beside-array', 'beside-array-put'], 'new'),
	},
]

const WIDTH = 840
const LABEL = 270
/** Where the second bars start, and how long the longest of each may be: the rest is for its number. */
const SECOND = 560
const LONGEST = { value: 190, cpu: 180 }
const BAR = 16
const STEP = 23
const HEAD = 32
const GAP = 20

/** A picture of the results, which follows the reader's light or dark mode and has no background of its own. */
export function chart(results: Results): string {
	const panels = CHOICES.map((choice) => panelOf(choice, results.cells)).filter(
		({ lines }) => lines.length > 0,
	)
	let top = 8
	const groups = panels.map((panel) => {
		const group = panelAt(panel, top)
		top += HEAD + panel.lines.length * STEP + GAP
		return group
	})
	const { processors, model } = results.machine
	const foot = `${processors} processors (${model}), ${results.rounds} rounds, medians, ${results.date.slice(0, 10)}`
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 24}" role="img" aria-label="Requests and rows a second and the processor time of each, this service beside others">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.quiet { fill: #59636e; font-weight: 400 }
.ours { fill: #0969da }
.other { fill: #8c959f }
.libsql { opacity: .45 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.quiet { fill: #9198a1 }
.ours { fill: #4493f8 }
.other { fill: #7d8590 }
}
</style>
${groups.join('\n')}
<text class="quiet" x="0" y="${top + 12}">${escape(foot)}</text>
</svg>
`
}

function panelOf({ cells, connections, figure, ...head }: Choice, measured: readonly Figures[]): Panel {
	const lines = cells.flatMap(([name, work]): Line[] => {
		const cell = measured.find(
			(one) => one.case === name && one.work === work && one.connections === connections,
		)
		if (!cell) return []
		const title = titleOf(name)
		const errors = cell.errors > 0 ? `, ${cell.errors} errors` : ''
		return [
			{
				title,
				value: cell[figure],
				text: `${cell[figure].toLocaleString('en')}${figure === 'p50' ? `, p99 ${cell.p99.toLocaleString('en')}` : ''}${errors}`,
				ours: title.startsWith('this service'),
				...(cell.cpu && { cpu: cell.cpu.perRow }),
			},
		]
	})
	return { ...head, lines }
}

function panelAt({ title, unit, cpuOf, lines }: Panel, top: number): string {
	const most = Math.max(...lines.map(({ value }) => value))
	const mostCpu = Math.max(...lines.map(({ cpu }) => (cpu ? cpu.worker + cpu.libsql : 0)))
	const withCpu = cpuOf !== undefined && mostCpu > 0
	return [
		`<text class="title" x="0" y="${top + 16}">${escape(title)} <tspan class="quiet">${escape(unit)}</tspan></text>`,
		...(withCpu ? [legend(cpuOf, top)] : []),
		...lines.flatMap((line, index) => {
			const y = top + HEAD + index * STEP
			const tone = line.ours ? 'ours' : 'other'
			return [
				`<text x="${LABEL - 10}" y="${y + 13}" text-anchor="end">${escape(line.title)}</text>`,
				bar(tone, LABEL, y, (LONGEST.value * line.value) / most),
				label(LABEL + (LONGEST.value * line.value) / most, y, line.text),
				...(withCpu && line.cpu ? [cpuBars(tone, line.cpu, y, LONGEST.cpu / mostCpu)] : []),
			]
		}),
	].join('\n')
}

function legend(cpuOf: string, top: number): string {
	return `<text class="title" x="${SECOND}" y="${top + 16}">µs of CPU ${escape(cpuOf)} <tspan class="quiet">Worker + libSQL</tspan></text>`
}

/** The Worker's time, and libSQL's behind it. */
function cpuBars(tone: string, { worker, libsql }: Cpu, y: number, scale: number): string {
	const text = [worker, libsql].filter((value) => value > 0).map((value) => value.toLocaleString('en'))
	return [
		...(worker > 0 ? [bar(tone, SECOND, y, worker * scale)] : []),
		...(libsql > 0 ? [bar(`${tone} libsql`, SECOND + worker * scale, y, libsql * scale)] : []),
		label(SECOND + (worker + libsql) * scale, y, text.join(' + ')),
	].join('\n')
}

function bar(tone: string, x: number, y: number, width: number): string {
	return `<rect class="${tone}" x="${x.toFixed(1)}" y="${y}" width="${Math.max(width, 1).toFixed(1)}" height="${BAR}"/>`
}

function label(end: number, y: number, text: string): string {
	return `<text x="${(end + 7).toFixed(1)}" y="${y + 13}">${escape(text)}</text>`
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
