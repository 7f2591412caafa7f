import { expect, it } from 'vitest'
import { ask, type Bench, expectNothingWritten } from '../bench'
import { jsonRow } from '../json'
import { pick, type Values } from '../subject'

export function refusesRivals(bench: Bench): void {
	const { plain, subject, way } = bench
	const { computedFrom = {} } = subject
	const others = subject.keys.filter((key) => !way.by.every((column) => key.includes(column)))

	it.for(others)('refuses a row whose %j another row holds, and names that key', async (held) => {
		await plain.insertBoth(subject, way.whole(1))
		const [there = {}] = await plain.select(subject)
		const rival = {
			...jsonRow(way.whole(2)),
			...pick(
				there,
				held.map((property) => computedFrom[property] ?? property),
			),
		}
		const conflicts = subject.keys
			.filter((key) => key.every((column) => held.includes(column)))
			.map((key) => ({ key, differs: way.by.filter((column) => !areSame(rival, there, column)) }))
		for (const method of ['POST', 'PUT']) {
			const refused = await expectNothingWritten(bench, () => ask(bench, method, { body: rival }))
			expect(refused).toMatchObject({ status: 409, body: { type: '/problems/conflict', conflicts } })
		}
	})
}

function areSame(one: Values, other: Values, column: string): boolean {
	return JSON.stringify(one[column]) === JSON.stringify(other[column])
}
