import { expect, it } from 'vitest'
import { ask, type Bench, expectReadAlike, expectStoredAlike, rowIn } from '../bench'
import { jsonRow } from '../json'
import type { Values } from '../subject'

export function makesAsDrizzleDoes(bench: Bench): void {
	const { service, plain, subject, way } = bench
	const make = async (method: string, row: Values) => {
		const made = await ask(bench, method, { body: jsonRow(row) })
		expect(made).toMatchObject({ status: 201, location: expect.any(String) })
		await plain.insert(subject, row)
		await expectStoredAlike(bench, row)
		await expectReadAlike(bench, rowIn(made), row)
		expect(await service.follow(made.location)).toMatchObject({ status: 200, body: rowIn(made) })
		return made.body
	}

	it('makes a whole row', async () => {
		expect(await make('POST', way.whole(1))).toMatchObject({ created: true })
	})

	it('makes a row of what it needs, with its defaults', async () => {
		expect(await make('POST', way.least(1))).toMatchObject({ created: true })
	})

	it('makes with PUT what is not there', async () => {
		expect(await make('PUT', way.whole(1))).toMatchObject({ created: true, updated: false })
	})
}
