import { expect, it } from 'vitest'
import { ask, type Bench, expectStoredAlike } from '../bench'
import { jsonRow } from '../json'
import { byQuery } from '../service'
import { pick, type Values } from '../subject'

const REFUSED = { problem: { status: 422, type: '/problems/invalid-row' } }
const UNREADABLE = { problem: { status: 400, type: '/problems/malformed-json' } }

export function answersManyAsOneByOne(bench: Bench): void {
	const { service, plain, subject, way } = bench
	const [there, one, two] = [way.whole(1), way.whole(2), way.whole(3)]
	const nonsense = { ...jsonRow(way.whole(4)), 'no such column': 1 }
	const told = (row: Values, flags: object) => ({ row: jsonRow(pick(row, way.by)), ...flags })

	it('answers an array of rows new and old, twins and refused', async () => {
		await plain.insertBoth(subject, there)
		const answer = await ask(bench, 'POST', {
			body: [...[one, there, one].map(jsonRow), nonsense, jsonRow(two)],
		})
		expect(answer).toMatchObject({
			status: 200,
			body: [
				told(one, { created: true }),
				told(there, { created: false }),
				told(one, { created: false }),
				REFUSED,
				told(two, { created: true }),
			],
		})
		await plain.insert(subject, one, two)
		await expectStoredAlike(bench, there, true)
	})

	it('answers an array of updates in their order', async () => {
		await plain.insertBoth(subject, there)
		const change = way.change(1)
		const changed = { ...pick(there, way.by), ...change }
		const updated = Object.keys(change).length > 0
		const answer = await ask(bench, 'PUT', {
			body: [...[changed, one, changed].map(jsonRow), nonsense, jsonRow(one)],
		})
		expect(answer).toMatchObject({
			status: 200,
			body: [
				told(there, { created: false, updated }),
				told(one, { created: true, updated: false }),
				told(there, { created: false, updated: false }),
				REFUSED,
				told(one, { created: false, updated: false }),
			],
		})
		await plain.insert(subject, one)
		if (updated) await plain.update(subject, pick(there, way.by), change)
		await expectStoredAlike(bench, there, true)
	})

	it('answers lines as they come', async () => {
		await plain.insertBoth(subject, there)
		const lines = [...[one, there, one].map(jsonRow), nonsense, '{"not', jsonRow(two)]
		expect(await service.stream(subject, 'POST', byQuery(way.by), lines)).toMatchObject([
			told(one, { created: true }),
			told(there, { created: false }),
			told(one, { created: false }),
			REFUSED,
			UNREADABLE,
			told(two, { created: true }),
		])
		await plain.insert(subject, one, two)
		await expectStoredAlike(bench, there, true)
	})
}
