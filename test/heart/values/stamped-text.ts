import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { getOrCreate, getOrCreateMany } from '../../../src/get-or-create'
import { fresh } from '../../support/service'
import { request, wideDatabase } from './support/request'
import { stamped } from './support/tables'

const internal = { type: '/problems/internal', status: 500 }
const good = { name: fresh('good'), at: '2026-01-02T03:04:05.000Z' }

export function stampedText(): void {
	const printed: unknown[] = []

	beforeEach(() => {
		printed.length = 0
		vi.spyOn(console, 'error').mockImplementation((line) => void printed.push(JSON.parse(String(line))))
	})

	afterEach(() => void vi.restoreAllMocks())

	it.each(['POST', 'PUT'])(
		'is a problem of the service by %s, never null, and the log names its column',
		async (method) => {
			const [name, key] = [fresh('stamped'), fresh('key')]
			const text = JSON.stringify({ name })
			for (const asked of [{ text }, { text }, { text, key }]) {
				const answer = await request(method, '/stamped', asked)
				expect(answer).toMatchObject({ status: 500, location: null, body: internal })
			}
			expect(await request('GET', `/stamped/${name}`)).toMatchObject({ status: 500, body: internal })
			expect(printed).toHaveLength(4)
			for (const line of printed) {
				expect(line).toMatchObject({ cause: expect.stringMatching(/^UnreadableError: stamped\.at holds /) })
			}
		},
	)

	it('is a problem of its row alone, in an array, a stream and TypeScript', async () => {
		const rows = [{ name: fresh('stamped') }, good]
		const text = JSON.stringify(rows)
		const each = [{ problem: internal }, { row: good }]
		expect((await request('POST', '/stamped', { text })).body).toMatchObject(each)
		const lines = rows.map((row) => JSON.stringify(row)).join('\n')
		const type = 'application/x-ndjson'
		expect((await request('POST', '/stamped', { text: lines, type })).body).toMatchObject(each)
		expect(printed).toHaveLength(2)
		const name = 'UnreadableError'
		const db = wideDatabase()
		expect(await getOrCreateMany(db, stamped, [{ name: fresh('stamped') }])).toMatchObject([
			{ error: { name } },
		])
		await expect(getOrCreate(db, stamped, { name: fresh('stamped') })).rejects.toMatchObject({ name })
	})

	it('gives way to a time that an update brings', async () => {
		const name = fresh('stamped')
		await request('POST', '/stamped', { text: JSON.stringify({ name }) })
		const text = JSON.stringify({ ...good, name })
		expect(await request('PUT', '/stamped', { text })).toMatchObject({
			status: 200,
			body: { row: { ...good, name }, created: false, updated: true },
		})
	})
}
