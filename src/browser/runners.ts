import { made, type RaceTable, SEEDS } from '../service/pages/race-table'

/** One row, ten, or as many as there are callers. */
export type Kind = 'one' | 'few' | 'new'

/** Which row each caller asks for: one that nobody has asked for yet. Those who ask for the same come together. */
export interface Runners {
	rows: Record<string, unknown>[]
	/** For each caller, its place among the rows. */
	asks: number[]
}

const FEW = 10

export function runnersOf(table: RaceTable, callers: number, kind: Kind): Runners {
	const count = kind === 'one' ? 1 : kind === 'few' ? Math.min(FEW, callers) : callers
	const first = SEEDS.from + Math.floor(Math.random() * (SEEDS.to - SEEDS.from))
	return {
		rows: Array.from({ length: count }, (_, index) => rowOf(table, first + index)),
		asks: Array.from({ length: callers }, (_, caller) => Math.floor((caller * count) / callers)),
	}
}

export function rowOf({ row, made: makers }: RaceTable, seed: number): Record<string, unknown> {
	const fresh = Object.entries(makers).map(([property, maker]) => [property, made(maker, seed)] as const)
	return { ...row, ...Object.fromEntries(fresh) }
}

/** The query that finds a row. */
export function keyOf({ by }: RaceTable, row: Record<string, unknown>): string {
	return new URLSearchParams(by.map((property) => [property, textOf(row[property])])).toString()
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value)
}
