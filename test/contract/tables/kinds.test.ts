import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { updateOrCreateMany } from '../../../src/get-or-create'
import { devices } from '../../support/schema'
import { database, fresh } from '../../support/service'
import { ask } from '../../support/tables'

const invalid = (...errors: object[]) => ({ status: 422, body: { type: '/problems/invalid-row', errors } })

describe('keys', () => {
	it('that compare without case are one key', async () => {
		const handle = fresh('Ada')
		const made = await ask('POST', '/handles', { handle })
		expect(made.status).toBe(201)
		expect(await ask('POST', '/handles', { handle: handle.toUpperCase() })).toMatchObject({
			status: 200,
			body: { row: { handle }, created: false },
		})
		const other = fresh('Bob')
		const array = await ask('POST', '/handles', [{ handle: other }, { handle: other.toLowerCase() }])
		expect(array.body).toMatchObject([{ created: true }, { created: false, row: { handle: other } }])
	})

	it('over a part of the rows or an expression cannot be asked by, and that is said', async () => {
		const answer = await ask('POST', '/drafts?by=title', { path: fresh('p'), title: fresh('t') })
		expect(answer).toMatchObject({
			status: 422,
			body: { type: '/problems/not-a-unique-key', keys: [['id'], ['path']] },
		})
		expect((answer.body as { detail: string }).detail).toContain('expression')
	})

	it('over a part of the rows or an expression still hold', async () => {
		const [path, title] = [fresh('path'), fresh('title')]
		await ask('POST', '/drafts', { path, title, live: true })
		const rival = { path: fresh('path'), title, live: true }
		expect((await ask('POST', '/drafts', rival)).status).toBe(409)
		expect((await ask('POST', '/drafts', { ...rival, live: false })).status).toBe(201)
		expect((await ask('PUT', '/drafts?by=path', rival)).status).toBe(409)
		expect((await ask('POST', '/drafts', { path: path.toUpperCase(), title: fresh('t') })).status).toBe(409)
		const array = await ask('PUT', '/drafts?by=path', [
			{ path: fresh('path'), title: fresh('t'), live: true },
			rival,
			{ path, title, live: false },
			rival,
		])
		expect(array.body).toMatchObject([
			{ created: true },
			{ problem: { status: 409 } },
			{ updated: true },
			{ updated: true },
		])
	})
})

describe('what is filled in', () => {
	it('comes from Drizzle and from the database, once', async () => {
		const serial = fresh('serial')
		const made = await ask('POST', '/devices', { serial })
		const row = {
			id: expect.stringMatching(/^[\da-f-]{36}$/),
			serial,
			name: 'unnamed',
			firstSeen: expect.stringMatching(/^20\d\d-.*Z$/),
			revision: 0,
			changed: '1970-01-01T00:00:00.000Z',
		}
		expect(made).toMatchObject({ status: 201, body: { row, created: true } })
		expect(made.location).toBe(`/devices/${(made.body as { row: { id: string } }).row.id}`)
		expect((await ask('POST', '/devices', { serial })).body).toEqual({
			...(made.body as object),
			created: false,
		})
	})

	it('on an update is touched by a change, and by nothing else', async () => {
		const serial = fresh('serial')
		await ask('POST', '/devices', { serial })
		const idle = await ask('PUT', '/devices', { serial, name: 'unnamed' })
		expect(idle.body).toMatchObject({
			updated: false,
			row: { revision: 0, changed: '1970-01-01T00:00:00.000Z' },
		})
		const busy = await ask('PUT', '/devices', { serial, name: 'named' })
		expect(busy.body).toMatchObject({
			updated: true,
			row: { revision: 1, changed: '1970-01-01T00:00:01.000Z' },
		})
	})

	it('cannot be written where the database computes it', async () => {
		const label = fresh('label')
		expect((await ask('POST', '/samples', { label })).body).toMatchObject({ row: { doubled: label + label } })
		expect(await ask('POST', '/samples', { label, doubled: 'x' })).toMatchObject(
			invalid({ pointer: '/doubled', detail: expect.stringContaining('not writable') }),
		)
	})
})

describe('rules of the database', () => {
	it('are named in words: a missing parent by its column, a CHECK by its name', async () => {
		expect(await ask('POST', '/orders', { number: fresh('n'), tag: 'nowhere' })).toMatchObject(
			invalid({ pointer: '/tag', detail: 'refers to a row that does not exist' }),
		)
		expect(await ask('POST', '/orders', { number: fresh('n'), low: 9, high: 1 })).toMatchObject(
			invalid({ pointer: '', detail: 'breaks the rule "low must be below high"' }),
		)
		const number = fresh('n')
		await ask('POST', '/orders', { number })
		expect(await ask('PUT', '/orders?by=number', { number, low: 11 })).toMatchObject(invalid({ pointer: '' }))
		expect(await ask('PUT', '/orders?by=number', { number, tag: 'nowhere' })).toMatchObject(
			invalid({ pointer: '/tag' }),
		)
	})

	it.each([[25], [25, 26, 58], [13, 24, 47, 71, 72, 95]])(
		'keep the order of a hundred, of which some break it: %j',
		async (...broken) => {
			const numbers = Array.from({ length: 7 }, () => fresh('n'))
			const rows = Array.from({ length: 100 }, (_, i) => {
				return { number: numbers[i % 7], low: i, high: broken.includes(i) ? 0 : 1000 }
			})
			const { body } = await ask('PUT', '/orders?by=number', rows)
			const expected = rows.map(({ low }) =>
				broken.includes(low) ? { problem: { status: 422 } } : { row: { low }, updated: low >= 7 },
			)
			expect(body).toMatchObject(expected)
			for (const [nth, number] of numbers.entries()) {
				const last = rows.filter(({ low }) => low % 7 === nth && !broken.includes(low)).at(-1)
				const stored = await ask('GET', `/orders?number=${number}`)
				expect(stored).toMatchObject({ body: { low: last?.low } })
			}
		},
	)

	it('show nothing of what a trigger says', async () => {
		const answer = await ask('POST', '/audited', { name: fresh('forbidden') })
		expect(answer).toMatchObject(invalid({ pointer: '', detail: 'is refused by a rule of the table' }))
		expect(JSON.stringify(answer)).not.toContain('secret')
	})

	it('stop only the rows that break them, among hundreds', async () => {
		const prefix = fresh('n')
		const rows = Array.from({ length: 300 }, (_, i) => ({
			number: `${prefix}-${i}`,
			low: i % 100 === 50 ? 99 : 1,
		}))
		const answer = await ask('POST', '/orders?by=number', rows)
		const statuses = (answer.body as { problem?: { status: number } }[]).map(
			({ problem }) => problem?.status ?? 201,
		)
		expect(statuses).toEqual(rows.map(({ low }) => (low === 99 ? 422 : 201)))
	})
})

describe('values', () => {
	it.each([
		[{ ratio: 'x' }, '/ratio'],
		[{ flag: 1 }, '/flag'],
		[{ bytes: '%%%' }, '/bytes'],
		[{ big: 12 }, '/big'],
		[{ amount: '12345678901234567.89' }, '/amount'],
		[{ huge: '1.5' }, '/huge'],
		[{ at: '2026-02-30' }, '/at'],
		[{ payload: JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) }, '/payload'],
	])('refuse %j', async (wrong, pointer) => {
		expect(await ask('POST', '/samples', { label: fresh('l'), ...wrong })).toMatchObject(invalid({ pointer }))
	})

	it('refuse what an enum does not list', async () => {
		expect(await ask('POST', '/memberships', { team: fresh('t'), person: 'p', role: 'king' })).toMatchObject(
			invalid({ pointer: '/role', detail: 'must be one of owner, member' }),
		)
	})
})

describe('updateOrCreateMany over a Drizzle database', () => {
	it('answers in order, with errors in their places', async () => {
		const db = database()
		const [a, b] = [fresh('a'), fresh('b')]
		const results = await updateOrCreateMany(
			db,
			devices,
			[{ serial: a }, { serial: b, name: 'x' }, { name: 'no key' }, { serial: a, name: 'y' }],
			{},
		)
		expect(results).toMatchObject([
			{ created: true, updated: false, row: { firstSeen: expect.any(Date) } },
			{ created: true },
			{ error: { name: 'NotAUniqueKeyError' } },
			{ created: false, updated: true, row: { serial: a, name: 'y' } },
		])
		const [row] = await db.select().from(devices).where(sql`serial = ${a}`)
		expect(results[3]).toMatchObject({ row })
	})
})
