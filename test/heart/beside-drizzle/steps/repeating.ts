import { expect, it } from 'vitest'
import { fresh } from '../../../support/service'
import { ask, type Bench, expectNothingWritten, rowIn } from '../bench'
import { jsonRow } from '../json'
import { pick } from '../subject'

export function tellsRepeatsTheSame(bench: Bench): void {
	const { plain, subject, way } = bench
	const row = way.whole(1)
	const change = way.change(1)
	const changed = jsonRow({ ...pick(row, way.by), ...change })

	it('tells a repeat under its key who made the row, also once it was changed', async () => {
		const idempotencyKey = fresh('k')
		const post = async () => await ask(bench, 'POST', { body: jsonRow(row), idempotencyKey })
		const made = await post()
		expect(made).toMatchObject({ status: 201, replayed: null, body: { created: true } })
		const replayed = { ...made, replayed: 'true' }
		expect(await expectNothingWritten(bench, post)).toEqual(replayed)
		const now = rowIn(await ask(bench, 'PUT', { body: changed }))
		expect(await expectNothingWritten(bench, post)).toEqual({
			...replayed,
			body: { row: now, created: true },
		})
	})

	if (Object.keys(change).length === 0) return
	it('tells a repeat under its key who changed the row, and does not change it again', async () => {
		await plain.insertBoth(subject, row)
		const idempotencyKey = fresh('k')
		const put = async () => await ask(bench, 'PUT', { body: changed, idempotencyKey })
		const told = { status: 200, body: { created: false, updated: true } }
		expect(await put()).toMatchObject({ ...told, replayed: null })
		await ask(bench, 'PUT', { body: jsonRow(row) })
		expect(await expectNothingWritten(bench, put)).toMatchObject({ ...told, replayed: 'true' })
	})
}
