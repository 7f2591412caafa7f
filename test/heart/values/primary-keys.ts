import { describe, expect, it } from 'vitest'
import { updateOrCreate } from '../../../src/get-or-create'
import { fresh } from '../../support/service'
import { request, wideDatabase } from './support/request'
import { movables, numberedMovables } from './support/tables'

const TABLES = [
	['movables', movables, () => ({ id: fresh('id') })],
	['numbered_movables', numberedMovables, () => ({ id: Math.floor(Math.random() * 2 ** 50) })],
	['paired_movables', undefined, () => ({ left: fresh('left'), right: 1 })],
] as const

export function primaryKeys(): void {
	describe.each(TABLES)('of %s', (table, _, freshKey) => {
		const put = async (row: object, query = '?by=serial', key?: string) => {
			const text = JSON.stringify(row)
			return await request('PUT', `/${table}${query}`, { text, ...(key === undefined ? {} : { key }) })
		}

		it('stay where another key is asked by', async () => {
			const serial = fresh('serial')
			const row = { ...freshKey(), serial, note: 'a' }
			const made = await put(row)
			expect([made.status, made.body]).toEqual([201, { row, created: true, updated: false }])
			expect((await put({ ...freshKey(), serial, note: 'a' })).body).toEqual({
				row,
				created: false,
				updated: false,
			})
			const key = fresh('key')
			const change = { ...freshKey(), serial, note: 'b' }
			const changed = await put(change, '?by=serial', key)
			expect(changed.body).toEqual({ row: { ...row, note: 'b' }, created: false, updated: true })
			expect(await put(change, '?by=serial', key)).toEqual({ ...changed, replayed: true })
			expect((await put({ ...freshKey(), serial, note: 'c' }, '?by=serial&update=note')).body).toEqual({
				row: { ...row, note: 'c' },
				created: false,
				updated: true,
			})
			const rows = ['d', 'e', 'e'].map((note) => ({ ...freshKey(), serial, note }))
			const each = rows.map(({ note }, place) => ({
				row: { ...row, note },
				created: false,
				updated: place < 2,
			}))
			expect((await request('PUT', `/${table}?by=serial`, { text: JSON.stringify(rows) })).body).toEqual(each)
		})

		it('move where update names them', async () => {
			const serial = fresh('serial')
			const row = { ...freshKey(), serial, note: 'a' }
			await put(row)
			const next = freshKey()
			const query = `?by=serial&update=${Object.keys(next).join()}`
			const moved = { row: { ...row, ...next }, created: false }
			expect((await put({ ...next, serial, note: 'b' }, query)).body).toEqual({ ...moved, updated: true })
			expect((await put({ ...next, serial, note: 'b' }, query)).body).toEqual({ ...moved, updated: false })
			const path = `/${table}/${Object.values(next).join()}`
			expect((await request('GET', path)).body).toEqual(moved.row)
		})

		it('are what a row is asked by where the body has them', async () => {
			const serial = fresh('serial')
			await put({ ...freshKey(), serial, note: 'a' })
			expect(await put({ ...freshKey(), serial, note: 'b' }, '')).toMatchObject({
				status: 409,
				body: { conflicts: [{ key: ['serial'] }] },
			})
		})
	})

	it('stay in TypeScript too', async () => {
		const serial = fresh('serial')
		const db = wideDatabase()
		const { row } = await updateOrCreate(db, movables, { id: fresh('id'), serial }, { by: ['serial'] })
		const again = { id: fresh('id'), serial, note: 'n' }
		expect(await updateOrCreate(db, movables, again, { by: ['serial'] })).toEqual({
			row: { ...row, note: 'n' },
			created: false,
			updated: true,
		})
		expect(await updateOrCreate(db, movables, again, { by: ['serial'], update: ['id'] })).toEqual({
			row: again,
			created: false,
			updated: true,
		})
	})
}
