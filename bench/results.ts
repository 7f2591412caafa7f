import type { Cpu } from './cpu.ts'
import type { Sample } from './order.ts'
import type { Counts } from './proxy.ts'
import type { Work } from './work.ts'

/** What is measured once a round. */
export interface Cell {
	case: string
	work: Work
	connections: number
}

/** A cell over all rounds: medians, and every error. */
export interface Figures extends Cell {
	perSecond: number
	/** Rows a second; as many as requests where each asks for one. */
	rowsPerSecond: number
	p50: number
	p99: number
	requests: number
	errors: number
	firstError?: string
	/** The slowest and the fastest round. */
	range: [number, number]
	loadCpu: number
	/** Processor time in microseconds; none where the system doesn't tell, or where others ask at the same time. */
	cpu?: { perRequest: Cpu; perRow: Cpu }
}

/** What a request cost the database, at `connections` at once. */
export interface Cost extends Cell {
	perRequest: Counts
}

export interface Results {
	date: string
	machine: { processors: number; model: string; system: string; node: string; workerd: string }
	quick: boolean
	rounds: number
	secondsPerCell: number
	cells: Figures[]
	costs: Cost[]
	targets: { title: string; wanted: string; reached: number; met: boolean }[]
}

/** Sums up the rounds of a cell. */
export function summarize(cell: Cell, rows: number, samples: readonly Sample[]): Figures {
	const of = (pick: (sample: Sample) => number): number[] => samples.map(pick)
	const rates = of(({ perSecond }) => perSecond)
	const perSecond = median(rates)
	const requests = sum(samples.map((sample) => sample.requests))
	const cpu = cpuOf(samples)
	const firstError = samples.find((sample) => sample.firstError !== undefined)?.firstError
	return {
		...cell,
		perSecond: round(perSecond),
		rowsPerSecond: round(perSecond * Math.max(1, rows)),
		p50: round(median(of(({ p50 }) => p50))),
		p99: round(median(of(({ p99 }) => p99))),
		requests,
		errors: sum(of(({ errors }) => errors)),
		...(firstError === undefined ? {} : { firstError }),
		range: [round(Math.min(...rates)), round(Math.max(...rates))],
		loadCpu: round(median(of(({ loadCpu }) => loadCpu))),
		...(cpu && {
			cpu: { perRequest: perOne(cpu, requests), perRow: perOne(cpu, requests * Math.max(1, rows)) },
		}),
	}
}

/** Over all rounds: the system counts in hundredths of a second, so that a sum says more than a median. */
function cpuOf(samples: readonly Sample[]): Cpu | undefined {
	const all = samples.flatMap(({ cpu }) => cpu ?? [])
	if (all.length < samples.length) return undefined
	return { worker: sum(all.map(({ worker }) => worker)), libsql: sum(all.map(({ libsql }) => libsql)) }
}

function perOne({ worker, libsql }: Cpu, count: number): Cpu {
	return { worker: round(worker / count), libsql: round(libsql / count) }
}

function sum(values: readonly number[]): number {
	return values.reduce((total, each) => total + each, 0)
}

function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b)
	const middle = sorted.length >> 1
	const upper = sorted[middle] ?? Number.NaN
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Three figures are more than a shared machine can give. */
export function round(value: number): number {
	return Number(value.toPrecision(3))
}
