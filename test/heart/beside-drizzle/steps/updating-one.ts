import { expect, it } from 'vitest'
import { ask, type Bench, expectStoredAlike } from '../bench'
import { jsonRow, textOf } from '../json'
import { pick } from '../subject'

/** That one column differs is not hidden behind others that do. */
export function updatesEachColumnAlone(bench: Bench): void {
	const { plain, subject, way } = bench
	const row = way.whole(1)
	const key = pick(row, way.by)
	const changes = Object.entries(way.change(1)).filter(
		([property, value]) => textOf(value) !== textOf(row[property]),
	)

	if (changes.length === 0) return
	it('updates each column alone', async () => {
		await plain.insertBoth(subject, row)
		for (const [property, value] of changes) {
			const change = { [property]: value }
			const answer = await ask(bench, 'PUT', { body: jsonRow({ ...key, ...change }) })
			expect([property, answer]).toMatchObject([property, { status: 200, body: { updated: true } }])
			await plain.update(subject, key, change)
			await expectStoredAlike(bench, row)
		}
	})
}
