import { expect, it } from 'vitest'
import { type Bench, rowIn } from '../bench'
import { jsonRow } from '../json'
import { pick } from '../subject'

export function updatesAsDrizzleDoes(bench: Bench): void {
	const { plain, subject, way } = bench
	const row = way.whole(1)
	const change = way.change(1)

	it.skipIf(Object.keys(change).length === 0)('updates what differs', async () => {
		await plain.insertBoth(subject, row)
		const updated = await bench.ask('PUT', { body: jsonRow({ ...pick(row, way.by), ...change }) })
		expect(updated).toMatchObject({ status: 200, body: { created: false, updated: true } })
		await plain.update(subject, pick(row, way.by), change)
		await bench.expectStoredAlike(row)
		await bench.expectReadAlike(rowIn(updated), row)
	})

	it('writes nothing where nothing differs', async () => {
		await plain.insertBoth(subject, row)
		const kept = await bench.expectNothingWritten(() => bench.ask('PUT', { body: jsonRow(row) }))
		expect(kept).toMatchObject({ status: 200, body: { created: false, updated: false } })
		await bench.expectReadAlike(rowIn(kept), row)
	})
}
