import { expect, it } from 'vitest'
import type { Bench } from '../bench'
import { jsonRow, textOf } from '../json'
import { byQuery, pathOf } from '../service'
import { pick } from '../subject'

export function answersAsDocumented({ service, subject, way }: Bench): void {
	it('takes and answers rows as its document says', async () => {
		const documented = await service.documented(subject)
		const path = pathOf(subject)
		const [row, least] = [jsonRow(way.whole(1)), jsonRow(way.least(2))]
		const filter = Object.entries(pick(row, way.by)).map(([property, value]) => [property, textOf(value)])
		const requests: [method: string, rest: string, body?: unknown][] = [
			['POST', byQuery(way.by), row],
			['POST', byQuery(way.by), row],
			['POST', byQuery(way.by), [row, least, least]],
			['PUT', byQuery(way.by), jsonRow({ ...pick(way.whole(1), way.by), ...way.change(1) })],
			['GET', `?${new URLSearchParams(filter)}`],
		]
		const faults: string[][] = []
		for (const [method, rest, body] of requests) {
			const { status, body: answer } = await service.ask(subject, method, rest, { body })
			if (body !== undefined) faults.push(documented.sent(method, path, body))
			faults.push(documented.answered(method, path, status, answer))
		}
		expect(faults.flat()).toEqual([])
	})
}
