import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
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
	id: number | undefined
	flags: object
}

interface Stored extends Asked {
	/** What the service gave it when it was made. */
	id: number
	v: number | null
}

const KEYS: Key[] = ['a', 'b']

/** What the service promises, one row at a time, over a table with the unique keys a and b. */
class Model {
	readonly rows: Stored[] = []
	readonly #notes = new Map<string, Note>()

	/** One row of a step, `nextId` as below. */
	ask(step: Step, position: number, asked: Asked, nextId: number) {
		if (step.key === undefined) return this.apply(step, asked, nextId)
		const at = `${step.key} ${position}`
		const { a, b, v } = asked
		const named = settable(step).filter((name) => name in asked)
		// null and left out are two different requests.
		const given = [a, b, v].map((value) => (value === undefined ? 'left out' : [value]))
		const request = JSON.stringify([step.method, step.by, named, given, step.rows.length === 1])
		const note = this.#notes.get(at)
		if (!note) {
			const outcome = this.apply(step, asked, nextId)
			const { row, ...flags } = 'row' in outcome ? outcome : { row: undefined }
			this.#notes.set(at, { request, id: row?.id, flags })
			return outcome
		}
		if (note.request !== request) return { conflicts: 'idempotency-mismatch' }
		if (note.id === undefined) return { conflicts: this.#conflicts(step.by, asked) }
		const row = this.rows.find(({ id }) => id === note.id)
		// Ids are given again: without any of its unique values nobody knows whose row that is.
		const isKnown = row && KEYS.some((each) => asked[each] === row[each])
		return isKnown ? { row: { ...row }, ...note.flags } : { conflicts: 'not-found' }
	}

	/** `nextId` is what the service called the row, should this make one. */
	apply(step: Step, asked: Asked, nextId: number) {
		const { method, by } = step
		const found = this.rows.find((row) => by.every((key) => row[key] === asked[key]))
		const named = settable(step).filter((name) => name in asked)
		const next = found
			? { ...found, ...Object.fromEntries(named.map((name) => [name, asked[name]])) }
			: { id: nextId, v: null, ...asked }
		const blocked = this.rows.some((row) => row !== found && KEYS.some((key) => row[key] === next[key]))
		if (blocked) return { conflicts: this.#conflicts(by, asked) }
		const updated = found !== undefined && JSON.stringify(found) !== JSON.stringify(next)
		if (found) Object.assign(found, next)
		else this.rows.push(next)
		return { row: { ...next }, created: !found, ...(method === 'PUT' ? { updated } : {}) }
	}

	#conflicts(by: Key[], asked: Asked) {
		return KEYS.flatMap((key) => this.#conflict(key, by, asked))
	}

	#conflict(key: Key, by: Key[], asked: Asked) {
		const holder = this.rows.find((row) => row[key] === asked[key])
		const differs = by.filter((name) => holder && holder[name] !== asked[name])
		return differs.length > 0 ? [{ key: [key], differs }] : []
	}
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
				expect(new Set(model.rows.map(({ id }) => id)).size).toBe(model.rows.length)
			}),
			{ numRuns: RUNS },
		)
	}, 120_000)
})
