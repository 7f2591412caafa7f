import { describe, expect, inject, it } from 'vitest'
import { columnSubjects } from '../beside-drizzle/columns'
import { filledKeys } from '../beside-drizzle/columns/keys'
import { wide } from '../beside-drizzle/columns/wide'
import { jsonRow } from '../beside-drizzle/json'
import { PlainDrizzle } from '../beside-drizzle/plain'
import { Service } from '../beside-drizzle/service'
import { describeBesideDrizzle } from '../beside-drizzle/steps'
import type { Subject, Values } from '../beside-drizzle/subject'

const url = inject('besideDrizzleUrl')
const plain = new PlainDrizzle(url)
// The object has a database of its own: these tables are in another.
const service = new Service(columnSubjects, { TURSO_DATABASE_URL: url, GROUP_COMMIT: undefined })

describeBesideDrizzle(service, plain, columnSubjects)

describe('rows that leave out other columns each', () => {
	const ROWS = 200
	const [way] = wide.ways
	/** Of 59 columns every row has other ones, now many and now few. */
	const sparse = Array.from({ length: ROWS }, (_, n): Values => {
		const whole = Object.entries(way?.whole(n) ?? {})
		return Object.fromEntries(
			whole.filter(
				([property], place) => property === 'code' || ((n + 1) * (place + 7)) % ((n % 9) + 2) === 0,
			),
		)
	})

	it.each(['an array', 'lines'])('are made as plain Drizzle makes them, in %s', async (how) => {
		await plain.empty(wide)
		const rows = sparse.map(jsonRow)
		const answers = await answersTo(wide, 'POST', '?by=code', rows, how)
		await plain.insert(wide, ...sparse)
		await expectAlike(answers, { created: true })
		const again = await answersTo(wide, 'PUT', '', rows, how)
		await expectAlike(again, { created: false, updated: false })
	})

	async function expectAlike(answers: unknown[], flags: object): Promise<void> {
		const read = new Map((await plain.select(wide)).map((row) => [row['code'], row]))
		expect(answers).toEqual(sparse.map(({ code }) => ({ row: read.get(code), ...flags })))
		const [served, twin] = await plain.stored(wide.served, wide.plain)
		expect(served).toHaveLength(ROWS)
		expect(served).toEqual(twin)
	}

	it('change what they have, and nothing else', async () => {
		await plain.empty(wide)
		await plain.insertBoth(wide, ...sparse)
		const change = (n: number): Values =>
			Object.fromEntries(
				Object.entries(sparse[(n + 1) % ROWS] ?? {}).filter(([property]) => property !== 'code'),
			)
		const changed = sparse.map(({ code }, n) => ({ code, ...change(n) }))
		const answers = await answersTo(wide, 'PUT', '?by=code', changed.map(jsonRow), 'an array')
		expect(answers).toMatchObject(changed.map((row) => ({ row: jsonRow(row), created: false })))
		for (const [n, { code }] of changed.entries()) await plain.update(wide, { code }, change(n))
		const [served, twin] = await plain.stored(wide.served, wide.plain)
		expect(served).toEqual(twin)
	})
})

describe('a key of columns that all have constant defaults', () => {
	it('is what a row has that leaves them out', async () => {
		await plain.empty(filledKeys)
		const ask = async (method: string, rest: string, body: unknown) =>
			await service.ask(filledKeys, method, rest, { body })
		console.log(await ask('POST', '?by=region,code', { note: 'a' }))
		console.log(await ask('POST', '?by=region,code', { note: 'b' }))
		console.log(await ask('POST', '?by=region,code', { region: 'eu', note: 'b' }))
		console.log(await ask('POST', '', { note: 'a' }))
		console.log(await ask('POST', '', { region: 'eu', note: 'a' }))
		console.log(await ask('PUT', '', { note: 'c' }))
		console.log(await ask('PUT', '?by=region,code', { note: 'd' }))
		console.log(await ask('POST', '', {}))
	})
})

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
