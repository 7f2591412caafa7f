import { percentile, type Shot } from './run'

const SVG = 'http://www.w3.org/2000/svg'
const COUNTS = { made: 'created', found: 'existing', errors: 'error', doubles: 'double' } as const
const PERCENTILES = { p50: 0.5, p95: 0.95, p99: 0.99 }

/** One race on the page: its bars and its counts, drawn as the answers come. */
export class Lane {
	readonly #root: HTMLElement
	readonly #chart: SVGSVGElement
	#shots: Shot[] = []
	#callers = 0
	#isDrawn = true

	constructor(into: HTMLElement, template: HTMLTemplateElement, title: string, what: string) {
		const root = template.content.firstElementChild?.cloneNode(true)
		const chart = root instanceof HTMLElement ? root.querySelector('svg') : null
		if (!(root instanceof HTMLElement) || !chart) throw new Error('the page has no lane')
		this.#root = root
		this.#chart = chart
		this.#text('h2', title)
		this.#text('.what', what)
		into.append(root)
	}

	begin(callers: number): void {
		this.#callers = callers
		this.#shots = []
		this.#chart.replaceChildren()
		this.#chart.setAttribute('aria-label', 'Running')
		this.#text('.verdict', '')
		this.#text('.rows dd', '–')
		this.#draw()
	}

	add(shot: Shot): void {
		this.#shots.push(shot)
		// Creators stand in front of all others, at the end.
		if (shot.kind === 'created') this.#chart.append(bar(shot, this.#callers))
		else this.#chart.prepend(bar(shot, this.#callers))
		if (!this.#isDrawn) return
		this.#isDrawn = false
		requestAnimationFrame(() => this.#draw())
	}

	/** Says how it ended: how many rows the database has now, of so many that were asked for. */
	end(rows: number, asked: number): void {
		this.#draw()
		this.#text('.rows dd', String(rows))
		const told = this.#count('created') + this.#count('double')
		const verdict = `${told} ${told === 1 ? 'caller was' : 'callers were'} told to have made ${asked === 1 ? 'the row' : `${asked} rows`}; the database has ${rows}.`
		this.#chart.setAttribute('aria-label', `${this.#callers} requests over time. ${verdict}`)
		this.#text('.verdict', verdict)
		this.say(this.#worst())
	}

	say(more: string): void {
		const said = this.#root.querySelector('.verdict')
		if (more !== '') said?.append(` ${more}`)
	}

	/** Nobody met an error, and nobody made a row twice. */
	get isFaultless(): boolean {
		return this.#count('error') + this.#count('double') === 0
	}

	/** The error that came most often. */
	#worst(): string {
		const whats = Map.groupBy(this.#shots, ({ what }) => what)
		whats.delete(undefined)
		const [worst] = [...whats].toSorted(([, a], [, b]) => b.length - a.length)
		return worst ? `${worst[1].length} failed: ${worst[0]}.` : ''
	}

	#draw(): void {
		this.#isDrawn = true
		const end = Math.max(1, ...this.#shots.map(({ to }) => to))
		this.#chart.setAttribute('viewBox', `0 0 ${end} ${Math.max(1, this.#callers)}`)
		this.#text('.end', milliseconds(end))
		for (const [name, kind] of Object.entries(COUNTS)) {
			this.#text(`.${name} dd`, String(this.#count(kind)))
			this.#root.querySelector(`dl .${name}`)?.classList.toggle('some', this.#count(kind) > 0)
		}
		const times = this.#shots.map(({ from, to }) => to - from)
		for (const [name, share] of Object.entries(PERCENTILES)) {
			this.#text(`.${name} dd`, times.length > 0 ? milliseconds(percentile(times, share)) : '–')
		}
	}

	#count(kind: Shot['kind']): number {
		return this.#shots.filter((shot) => shot.kind === kind).length
	}

	#text(selector: string, text: string): void {
		const element = this.#root.querySelector(selector)
		if (element && element.textContent !== text) element.textContent = text
	}
}

function milliseconds(time: number): string {
	return `${time.toFixed(time < 100 ? 1 : 0)} ms`
}

/** A request, from when it went to when it was answered. */
function bar({ caller, from, to, kind }: Shot, callers: number): SVGRectElement {
	// Who made a row has a broad bar, to be seen among hundreds.
	const height = kind === 'created' ? Math.max(0.8, callers / 70) : 0.8
	const place = { x: from, y: caller + 0.5 - height / 2, width: Math.max(to - from, 0.1), height }
	const element = document.createElementNS(SVG, 'rect')
	for (const [name, value] of Object.entries(place)) element.setAttribute(name, String(value))
	element.setAttribute('class', kind)
	return element
}
