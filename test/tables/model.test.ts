import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fresh } from '../support/service'
import { ask } from '../support/tables'

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

	/** `nextId` is what the service called the row, should this make one. */
	apply({ method, by, update }: Step, asked: Asked, nextId: number) {
		const found = this.rows.find((row) => by.every((key) => row[key] === asked[key]))
		const set =
			method === 'POST' ? [] : (['a', 'b', 'v'] as const).filter((name) => !by.some((key) => key === name))
		const named = set.filter((name) => name in asked && (update?.includes(name) ?? true))
		const next = found
			? { ...found, ...Object.fromEntries(named.map((name) => [name, asked[name]])) }
			: { id: nextId, v: null, ...asked }
		const blocked = this.rows.some((row) => row !== found && KEYS.some((key) => row[key] === next[key]))
		if (blocked) return { conflicts: KEYS.flatMap((key) => this.#conflict(key, by, asked)) }
		const updated = found !== undefined && JSON.stringify(found) !== JSON.stringify(next)
		if (found) Object.assign(found, next)
		else this.rows.push(next)
		return { row: { ...next }, created: !found, ...(method === 'PUT' ? { updated } : {}) }
	}

	#conflict(key: Key, by: Key[], asked: Asked) {
		const holder = this.rows.find((row) => row[key] === asked[key])
		const differs = by.filter((name) => holder && holder[name] !== asked[name])
		return differs.length > 0 ? [{ key: [key], differs }] : []
	}
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

interface Answered {
	row?: { id: number }
	problem?: { conflicts: unknown }
	conflicts?: unknown
}

/** Sends a step, a single row bare and several as an array, and gives what the model would say of each row. */
async function send({ method, by: asked, update, rows: sent }: Step): Promise<Answered[]> {
	const path = `/pairs?by=${asked.join()}${update ? `&update=${update.join()}` : ''}`
	const { body } = await ask(method, path, sent.length === 1 ? sent[0] : sent)
	const answers = (sent.length === 1 ? [body] : body) as Answered[]
	return answers.map((answer) =>
		answer.row ? answer : { conflicts: answer.problem?.conflicts ?? answer.conflicts },
	)
}

describe('random histories of POST and PUT, of single rows and arrays', () => {
	it('have the outcomes of a model that applies them one by one, and ids that stay', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
				const model = new Model()
				const prefix = fresh('m')
				for (const each of steps) {
					const sent = each.rows.map((asked) => ({
						...asked,
						a: `${prefix}-${asked.a}`,
						b: `${prefix}-${asked.b}`,
					}))
					const answers = await send({ ...each, rows: sent })
					const expected = sent.map((asked, i) => model.apply(each, asked, answers[i]?.row?.id ?? 0))
					expect(answers).toEqual(expected)
				}
				expect(new Set(model.rows.map(({ id }) => id)).size).toBe(model.rows.length)
			}),
			{ numRuns: RUNS },
		)
	})
})
