import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
	type Column,
	type Row,
	type Stored,
	Table,
	type TableDefinition,
	type Value,
	valueOf,
} from '../../support/model'
import { fresh } from '../../support/service'
import { ask } from '../../support/tables'

/** A run takes some 15 ms. It was run with 3,000 when it was written. */
const RUNS = 150

type Key = 'a' | 'b'

interface Asked {
	a: string
	b: string
	v?: number | null
}

interface Step {
	method: 'POST' | 'PUT'
	by: Key[]
	update?: (Key | 'v')[]
	rows: Asked[]
	/** Its Idempotency-Key; a few, so that they meet. */
	key?: number | undefined
}

/** A step, or that an earlier one is repeated, counted back from it. */
type Move = { step: Step } | { again: number }

/** What was done under a key, of the row at a position. */
interface Note {
	request: string
	/** The row that it is about; none where it was refused. */
	stored?: Stored | undefined
	flags: object
}

const KEYS: Key[] = ['a', 'b']

const column: Column = {
	read: (json) => json as Value,
	readText: (text) => text,
}
const PAIRS: TableDefinition = {
	name: 'pairs',
	columns: {
		id: { ...column, isKey: true },
		a: { ...column, isKey: true, required: true },
		b: { ...column, isKey: true, required: true },
		v: { ...column, default: null },
	},
	keys: ['id', 'a', 'b'],
}

/** What the service promises of one row, and of the same under an Idempotency-Key. */
class Model {
	readonly table = new Table(PAIRS)
	readonly #notes = new Map<string, Note>()

	/** One row of a step; `nextId` is what the service called the row, should this make one. */
	ask(step: Step, position: number, asked: Asked, nextId: number) {
		if (step.key === undefined) return this.#apply(step, asked, nextId).answer
		const at = `${step.key} ${position}`
		const { a, b, v } = asked
		const named = settable(step).filter((name) => name in asked)
		// null and left out are two different requests.
		const given = [a, b, v].map((value) => (value === undefined ? 'left out' : [value]))
		const request = JSON.stringify([step.method, step.by, named, given, step.rows.length === 1])
		const note = this.#notes.get(at)
		if (!note) {
			const { answer, stored, flags } = this.#apply(step, asked, nextId)
			this.#notes.set(at, { request, stored, flags })
			return answer
		}
		if (note.request !== request) return { conflicts: 'idempotency-mismatch' }
		const { stored } = note
		if (!stored) return { conflicts: this.table.conflicts(step.by, rowOf(asked)) }
		// Ids are given again: without any of its unique values nobody knows whose row that is.
		const isKnown = KEYS.some((each) => asked[each] === valueOf(stored, each))
		return isKnown ? { row: bare(stored), ...note.flags } : { conflicts: 'not-found' }
	}

	#apply({ method, by, update }: Step, asked: Asked, nextId: number) {
		const result = this.table.apply({ method, by, update }, rowOf(asked))
		if (!('stored' in result)) {
			return { answer: { conflicts: 'conflicts' in result ? result.conflicts : result.slug }, flags: {} }
		}
		const { stored, now, ...flags } = result
		if (flags.created) this.table.identify(stored, nextId)
		return { answer: { row: { ...bare(now), id: stored.id }, ...flags }, stored, flags }
	}
}

/** Without what it leaves out. */
function rowOf({ a, b, v }: Asked): Row {
	return {
		...(a === undefined ? {} : { a }),
		...(b === undefined ? {} : { b }),
		...(v === undefined ? {} : { v }),
	}
}

function bare({ id, values }: Stored) {
	return { id, ...values }
}

/** What an update may change, of the columns that the row has. */
function settable({ method, by, update }: Step): (Key | 'v')[] {
	if (method === 'POST') return []
	const outside = (['a', 'b', 'v'] as const).filter((name) => !by.some((each) => each === name))
	return outside.filter((name) => update?.includes(name) ?? true)
}

const key = fc.constantFrom('1', '2', '3')
const row = { a: key, b: key, v: fc.constantFrom(null, 1, 2) }
const rows = fc.array(fc.record(row, { requiredKeys: ['a', 'b'] }), { minLength: 1, maxLength: 8 })
const wholeRows = fc.array(fc.record(row), { minLength: 1, maxLength: 8 })
const by = fc.constantFrom<Key[][]>(['a'], ['b'], ['a', 'b'])
const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({ method: fc.constant<'POST'>('POST'), by, rows }),
	fc.record({ method: fc.constant<'PUT'>('PUT'), by, rows }),
	fc.record({
		method: fc.constant<'PUT'>('PUT'),
		by: fc.constant<Key[]>(['a']),
		update: fc.constantFrom<(Key | 'v')[][]>(['v'], ['b', 'v']),
		rows: wholeRows,
	}),
)

const move: fc.Arbitrary<Move> = fc.oneof(
	{
		weight: 3,
		arbitrary: fc
			.tuple(step, fc.option(fc.nat({ max: 2 }), { nil: undefined }))
			.map(([each, under]) => ({ step: { ...each, key: under } })),
	},
	{ weight: 2, arbitrary: fc.record({ again: fc.nat({ max: 5 }) }) },
)

interface Answered {
	row?: { id: number }
	problem?: Problem
}

interface Problem {
	type?: string
	conflicts?: unknown
}

/** Sends a step, a single row bare and several as an array, and gives what the model would say of each row. */
async function send({ method, by: asked, update, rows: sent }: Step, under?: string): Promise<object[]> {
	const path = `/pairs?by=${asked.join()}${update ? `&update=${update.join()}` : ''}`
	const { body } = await ask(method, path, sent.length === 1 ? sent[0] : sent, under)
	const answers = (sent.length === 1 ? [body] : body) as (Answered & Problem)[]
	return answers.map((answer) => {
		if (answer.row) return answer
		const { conflicts, type } = answer.problem ?? answer
		return { conflicts: conflicts ?? type?.replace('/problems/', '') }
	})
}

describe('random histories of POST and PUT, of single rows and arrays, some under keys and repeated', () => {
	it('have the outcomes of a model that applies them one by one, and ids that stay', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 8 }), async (moves) => {
				const model = new Model()
				const prefix = fresh('m')
				const done: Step[] = []
				for (const next of moves) {
					const each = 'step' in next ? next.step : done.at(-1 - next.again)
					if (!each) continue
					done.push(each)
					const sent = each.rows.map((asked) => ({
						...asked,
						a: `${prefix}-${asked.a}`,
						b: `${prefix}-${asked.b}`,
					}))
					const under = each.key === undefined ? undefined : `${prefix}-${each.key}`
					const answers: Answered[] = await send({ ...each, rows: sent }, under)
					const expected = sent.map((asked, i) => model.ask(each, i, asked, answers[i]?.row?.id ?? 0))
					expect(answers).toEqual(expected)
				}
				const ids = [...model.table.rows].map(({ id }) => id)
				expect(new Set(ids).size).toBe(ids.length)
			}),
			{ numRuns: RUNS },
		)
	}, 120_000)
})
