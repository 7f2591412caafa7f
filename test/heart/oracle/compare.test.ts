import { describe, expect, it } from 'vitest'
import { differenceOfOutcomes } from './compare'
import type { Outcome, Row } from './outcome'
import { Renaming } from './renaming'
import type { Step } from './step'

const made = (id: number, slug: string): Outcome => ({ row: { id, slug }, created: true })
const found = (id: number, slug: string): Outcome => ({ row: { id, slug }, created: false })
const refused = (...conflicts: string[]): Outcome => ({
	problem: { slug: 'conflict', status: 409, conflicts, pointers: [], keys: null },
})

function difference(renaming: Renaming, asked: Row[], together: Outcome[], single: Outcome[]) {
	const step: Step = { method: 'POST', rows: asked, form: { as: 'array', cuts: [] } }
	return differenceOfOutcomes(renaming, { step, asked, together, single })
}

const names = () => new Renaming({ id: 'id' })
const two = [{ slug: 'a' }, { slug: 'b' }]

describe('what becomes of rows together and singly', () => {
	it('may have ids in another order, which then stand for each other', () => {
		const renaming = names()
		expect(difference(renaming, two, [made(2, 'a'), made(1, 'b')], [made(1, 'a'), made(2, 'b')])).toBe(
			undefined,
		)
		expect(renaming.translate({ id: 2, slug: 'a' })).toEqual({ id: 1, slug: 'a' })
		expect(difference(renaming, two.slice(1), [found(1, 'b')], [found(2, 'b')])).toBe(undefined)
		expect(difference(renaming, two.slice(1), [found(1, 'b')], [found(1, 'b')])).toContain('together: ')
	})

	it('may not have ids that callers gave under other names', () => {
		const renaming = names()
		const asked = [{ id: 7, slug: 'a' }]
		expect(renaming.translate({ id: 7, slug: 'a' })).toEqual({ id: 7, slug: 'a' })
		expect(difference(renaming, asked, [made(7, 'a')], [made(8, 'a')])).toContain('singly: ')
	})

	it('may not be two rows in the one table and one in the other', () => {
		const outcomes = [made(1, 'a'), made(2, 'b')]
		expect(difference(names(), two, outcomes, [made(1, 'a'), found(1, 'b')])).toContain('row 1 ')
	})

	it('may not differ in what stands in the way, nor fail in both', () => {
		const asked = two.slice(1)
		expect(difference(names(), asked, [refused('a')], [refused('a')])).toBe(undefined)
		expect(difference(names(), asked, [refused('a')], [refused('b')])).toContain('row 0 ')
		const failed: Outcome = {
			problem: { slug: 'internal', status: 500, conflicts: [], pointers: [], keys: null },
		}
		expect(difference(names(), asked, [failed], [failed])).toContain('row 0 ')
	})
})

describe('an id that a caller names before it is made up', () => {
	const asked = [...two, { id: 2, slug: 'c' }]
	const single = [made(1, 'a'), made(2, 'b'), refused('id')]

	it('is a guess where the order of ids decides whose it is', () => {
		expect(names().isGuess(asked, [made(2, 'a'), made(1, 'b'), refused('id')], single)).toBe(true)
		expect(names().isGuess(asked, [made(1, 'a'), made(2, 'b'), refused('id')], single)).toBe(false)
	})

	it('is none where other ids are made up than one by one', () => {
		expect(names().isGuess(asked, [made(1, 'a'), made(3, 'b'), made(2, 'c')], single)).toBe(false)
	})
})
