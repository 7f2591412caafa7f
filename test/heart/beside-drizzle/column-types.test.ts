import { describe, expect, inject, it } from 'vitest'
import { columnSubjects } from './columns'
import { filledKeys } from './columns/keys'
import { wide } from './columns/wide'
import { jsonRow } from './json'
import { PlainDrizzle } from './plain'
import { Service } from './service'
import { describeBesideDrizzle } from './steps'
import { updatesEachColumnAlone } from './steps/updating-one'
import type { Subject, Values } from './subject'

const url = inject('columnTypesUrl')
const plain = new PlainDrizzle(url)

const service = new Service(columnSubjects, { TURSO_DATABASE_URL: url })

describeBesideDrizzle(service, plain, columnSubjects, [updatesEachColumnAlone])

describe('rows that leave out other columns each', () => {
	const ROWS = 200
	const [way] = wide.ways
	/** Of 59 columns every row has other ones, now many and now few. */
	const isThere = (n: number, place: number) => (Math.imul(64 * n + place, 0x9e3779b1) >>> 24) % 8 <= n % 8
	const sparse = Array.from({ length: ROWS }, (_, n) =>
		keep(way?.whole(n) ?? {}, (property, place) => property === 'code' || isThere(n, place)),
	)

	it.each(['an array', 'lines'])('are made as plain Drizzle makes them, in %s', async (how) => {
		await plain.empty(wide)
		const rows = sparse.map(jsonRow)
		const made = await answersTo(wide, 'POST', '?by=code', rows, how)
		await Promise.all(sparse.map((row) => plain.insert(wide, row)))
		const read = new Map((await plain.select(wide)).map((row) => [row['code'], row]))
		const told = (flags: object) => sparse.map(({ code }) => ({ row: read.get(code), ...flags }))
		expect(made).toEqual(told({ created: true }))
		const kept = await answersTo(wide, 'PUT', '?by=code', rows, how)
		expect(kept).toEqual(told({ created: false, updated: false }))
		const [served, twin] = await plain.stored(wide.served, wide.plain)
		expect(served).toHaveLength(ROWS)
		expect(served).toEqual(twin)
	})

	it('change what they have, and nothing else', async () => {
		await plain.empty(wide)
		await plain.insertBoth(wide, ...sparse)
		const change = (n: number) => keep(sparse[(n + 1) % ROWS] ?? {}, (property) => property !== 'code')
		const changed = sparse.map(({ code }, n) => ({ code, ...change(n) }))
		const answers = await answersTo(wide, 'PUT', '?by=code', changed.map(jsonRow), 'an array')
		expect(answers).toMatchObject(changed.map((row) => ({ row: jsonRow(row), created: false })))
		await Promise.all(changed.map(({ code }, n) => plain.update(wide, { code }, change(n))))
		const [served, twin] = await plain.stored(wide.served, wide.plain)
		expect(served).toEqual(twin)
	})
})

describe('a key of columns that all have constant defaults', () => {
	const conflicts = [{ key: ['region', 'code'], differs: ['id'] }]

	it('decides for rows that leave them out', async () => {
		await plain.empty(filledKeys)
		await plain.insert(filledKeys, { id: 1 })
		const answer = await service.ask(filledKeys, 'POST', '?by=id', {
			body: [{ id: 1 }, { id: 2 }, { id: 1 }, { id: 2, code: 1 }],
		})
		expect(answer.body).toMatchObject([
			{ row: { id: 1, region: 'eu', code: 1 }, created: true },
			{ problem: { status: 409, conflicts } },
			{ created: false },
			{ problem: { status: 409, conflicts } },
		])
		await expect(plain.insert(filledKeys, { id: 2 })).rejects.toThrow('Failed query')
		const [served, twin] = await plain.stored(filledKeys.served, filledKeys.plain)
		expect(served).toEqual(twin)
	})
})

function keep(row: Values, isKept: (property: string, place: number) => boolean): Values {
	return Object.fromEntries(Object.entries(row).filter(([property], place) => isKept(property, place)))
}

async function answersTo(
	subject: Subject,
	method: string,
	rest: string,
	rows: readonly unknown[],
	how: string,
): Promise<unknown[]> {
	if (how === 'lines') return await service.stream(subject, method, rest, rows)
	const { body } = await service.ask(subject, method, rest, { body: rows })
	return body as unknown[]
}
