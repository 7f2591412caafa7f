import { expect, it } from 'vitest'
import { type Bench, expectNothingWritten, expectReadAlike, rowIn } from '../bench'
import { jsonRow, textOf } from '../json'
import { byQuery } from '../service'
import { pick } from '../subject'

export function findsWhatDrizzleWrote(bench: Bench): void {
	const { service, plain, subject, way } = bench
	const row = way.whole(1)

	it.each(['by its key', 'by all that it says'])('finds a row %s, and writes nothing', async (how) => {
		await plain.insertBoth(subject, row)
		const rest = how === 'by its key' ? byQuery(way.by) : ''
		const found = await expectNothingWritten(bench, () =>
			service.ask(subject, 'POST', rest, { body: jsonRow(row) }),
		)
		expect(found).toMatchObject({ status: 200, body: { created: false } })
		await expectReadAlike(bench, rowIn(found), row)
	})

	it('reads a row by its key', async () => {
		await plain.insertBoth(subject, row)
		const filter = Object.entries(pick(row, way.by)).map(([property, value]) => [property, textOf(value)])
		const read = await service.ask(subject, 'GET', `?${new URLSearchParams(filter)}`)
		expect(read).toMatchObject({ status: 200 })
		await expectReadAlike(bench, read.body, row)
	})

	if (subject.primary.length === 0) return
	it('reads a row by its path', async () => {
		await plain.insertBoth(subject, row)
		const [stored = {}] = await plain.select(subject)
		const path = subject.primary.map((property) => encodeURIComponent(textOf(stored[property])))
		const read = await service.ask(subject, 'GET', `/${path.join()}`)
		expect(read).toMatchObject({ status: 200 })
		await expectReadAlike(bench, read.body, row)
	})
}
