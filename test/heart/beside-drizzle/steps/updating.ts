import { expect, it } from 'vitest'
import { ask, type Bench, expectNothingWritten, expectReadAlike, expectStoredAlike, rowIn } from '../bench'
import { jsonRow } from '../json'
import { pick } from '../subject'

export function updatesAsDrizzleDoes(bench: Bench): void {
	const { plain, subject, way } = bench
	const row = way.whole(1)
	const change = way.change(1)

	it('writes nothing where nothing differs', async () => {
		await plain.insertBoth(subject, row)
		const kept = await expectNothingWritten(bench, () => ask(bench, 'PUT', { body: jsonRow(row) }))
		expect(kept).toMatchObject({ status: 200, body: { created: false, updated: false } })
		await expectReadAlike(bench, rowIn(kept), row)
	})

	if (Object.keys(change).length === 0) return
	it('updates what differs', async () => {
		await plain.insertBoth(subject, row)
		const updated = await ask(bench, 'PUT', { body: jsonRow({ ...pick(row, way.by), ...change }) })
		expect(updated).toMatchObject({ status: 200, body: { created: false, updated: true } })
		await plain.update(subject, pick(row, way.by), change)
		await expectStoredAlike(bench, row)
		await expectReadAlike(bench, rowIn(updated), row)
	})
}
