import * as fc from 'fast-check'
import { tableInfo } from '../../../src/get-or-create/table'
import { WAY_PARAMETERS } from '../../../src/get-or-create/ways'
import type { Json, Kind } from '../../support/kinds/kind'
import type { Row } from './outcome'
import type { Form, Move, Step } from './step'

/** How many rows a request has. */
interface Size {
	minLength: number
	maxLength: number
}
const FEW: Size = { minLength: 0, maxLength: 7 }
/** So many that they are not all sent by themselves where one was refused. */
const MANY: Size = { minLength: 21, maxLength: 30 }
const MAX_MOVES = 4
const MAX_SHAPES = 3
/** Of no type but JSON's own. */
const WRONG: Json = []

/** Requests about a table of this kind, one after the other. */
export function historyOf(kind: Kind, maxLength = MAX_MOVES): fc.Arbitrary<Move[]> {
	const repeated = fc.record({ again: fc.nat({ max: 2 }) })
	const deleted = fc.record({ deleted: fc.nat({ max: 3 }) })
	const move = fc.oneof(
		{ weight: 6, arbitrary: stepOf(kind) },
		{ weight: 1, arbitrary: repeated },
		{ weight: kind.deletedBy === undefined ? 0 : 1, arbitrary: deleted },
	)
	return fc.noBias(fc.array(move, { maxLength }))
}

/** One request, asked by any of what the kind may be asked by. */
export function stepOf(kind: Kind, size = FEW): fc.Arbitrary<Step> {
	return fc.oneof(...[undefined, ...kind.by].map((by) => stepBy(kind, by, size)))
}

/** Two requests, the second of which has many rows. */
export function longStepsOf(kind: Kind): fc.Arbitrary<[Step, Step]> {
	return fc.tuple(stepOf(kind), stepOf(kind, MANY))
}

function stepBy(kind: Kind, by: readonly string[] | undefined, size: Size): fc.Arbitrary<Step> {
	const others = Object.keys(kind.values).filter((column) => !by?.includes(column))
	const common = {
		by: fc.constant(by),
		rows: rowsOf(kind, by ?? [], size),
		form,
		key: fc.constantFrom(undefined, undefined, undefined, 0, 1),
	}
	// An update that names no column at all is refused, like an empty name in any list.
	const columns = others.length > 0 ? others : [...(by ?? [])]
	const update = fc.subarray(columns, { minLength: 1 }).map((named) => ({ update: named }))
	const ways = fc.option(fc.oneof(update, waysOf(kind, others)), { nil: undefined, freq: 2 })
	return fc.oneof(
		fc.record({ ...common, method: fc.constant<'POST'>('POST') }),
		fc.record({ ...common, method: fc.constant<'PUT'>('PUT'), ways }),
	)
}

/** Columns changed in ways that they can be changed in: each in one at most. */
function waysOf(kind: Kind, others: readonly string[]): fc.Arbitrary<Step['ways']> {
	const { columns } = tableInfo(kind.table(kind.name))
	const choices = others.flatMap((property) => {
		const column = columns.find((each) => each.property === property)
		const fit = column ? WAY_PARAMETERS.filter(({ fits }) => fits(column)) : []
		return fit.length > 0
			? [fc.tuple(fc.constant(property), fc.constantFrom(undefined, ...fit.map(({ name }) => name)))]
			: []
	})
	return fc.tuple(...choices).map((chosen) => {
		const ways = Object.groupBy(chosen, ([, way]) => way ?? 'none')
		const named = WAY_PARAMETERS.flatMap(({ name, isList }) => {
			const list = (ways[name] ?? []).map(([property]) => property)
			return list.length > 0 ? [[name, isList ? list : list.slice(0, 1)] as const] : []
		})
		return named.length > 0 ? Object.fromEntries(named) : undefined
	})
}

const form: fc.Arbitrary<Form> = fc.record({
	as: fc.constantFrom('array', 'array', 'arrays', 'stream'),
	cuts: fc.array(fc.nat({ max: 200 }), { maxLength: 3 }),
})

/** Rows of one request, some of them repeated. They are of few shapes, for rows of one shape are often sent together. */
function rowsOf(kind: Kind, by: readonly string[], size: Size): fc.Arbitrary<Row[]> {
	const values = Object.entries(kind.values).map(([column, choices]) => [column, fc.constantFrom(...choices)])
	const row = fc.record({
		whole: fc.record(Object.fromEntries(values)),
		shape: fc.nat({ max: MAX_SHAPES - 1 }),
		wrong: fc.oneof(
			{ weight: 30, arbitrary: fc.constant(undefined) },
			{ weight: 1, arbitrary: fc.nat({ max: values.length - 1 }) },
		),
	})
	const rows = fc.array(row, size)
	const shapes = fc.array(columnsOf(kind, by), { minLength: 1, maxLength: MAX_SHAPES })
	const again = fc.array(fc.nat({ max: size.maxLength - 1 }), { maxLength: 2 })
	return fc.tuple(fc.noBias(rows), shapes, again).map(([each, choices, repeats]) => {
		const given = each.map(({ whole, shape, wrong }): Row => {
			const picked = choices[shape % choices.length] ?? []
			const entries = Object.entries<Json>(whole).filter(([column]) => picked.includes(column))
			return Object.fromEntries(entries.map(([column, value], i) => [column, i === wrong ? WRONG : value]))
		})
		return [...given, ...repeats.flatMap((nth) => given.slice(nth, nth + 1))]
	})
}

/** Mostly what can be made; also without what a new row needs, and with ids of the caller's own. */
function columnsOf({ values, needs, madeUp = {} }: Kind, by: readonly string[]): fc.Arbitrary<string[]> {
	const all = Object.keys(values)
	const natural = all.filter((column) => !(column in madeUp))
	const withSome = (required: readonly string[], others: readonly string[]) =>
		fc.subarray([...others]).map((some) => [...new Set([...required, ...some])])
	return fc.oneof(
		{ weight: 6, arbitrary: withSome([...by, ...needs], natural) },
		{ weight: 3, arbitrary: withSome([...by, ...needs], all) },
		{ weight: 2, arbitrary: withSome(by, natural) },
		{ weight: 1, arbitrary: withSome([], all) },
	)
}
