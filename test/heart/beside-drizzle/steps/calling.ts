import { createClient } from '@libsql/client/http'
import { drizzle } from 'drizzle-orm/libsql/http'
import { expect, it } from 'vitest'
import { getOrCreate, updateOrCreate } from '../../../../src/get-or-create'
import { type Bench, expectReadAlike, expectStoredAlike } from '../bench'
import { jsonRow } from '../json'
import { pick } from '../subject'

export function functionsDoTheSame(bench: Bench): void {
	const { plain, subject, way } = bench

	it('does the same in TypeScript', async () => {
		const db = drizzle(createClient({ url: plain.url, concurrency: -1 }))
		const [row, change] = [way.whole(1), way.change(1)]
		const by = way.by as never
		const made = await getOrCreate(db, subject.served, row, { by })
		expect(made).toMatchObject({ created: true })
		await plain.insert(subject, row)
		await expectStoredAlike(bench, row)
		await expectReadAlike(bench, jsonRow(made.row), row)
		expect(await getOrCreate(db, subject.served, row)).toMatchObject({ created: false })
		expect(await updateOrCreate(db, subject.served, row, { by })).toMatchObject({ updated: false })
		if (Object.keys(change).length === 0) return
		const changed = { ...pick(row, way.by), ...change }
		expect(await updateOrCreate(db, subject.served, changed, { by })).toMatchObject({ updated: true })
		await plain.update(subject, pick(row, way.by), change)
		await expectStoredAlike(bench, row)
	})
}
