import { describe, expect, it } from 'vitest'
import { ROWS as rows } from '../support/bindings'
import { fresh } from '../support/service'

describe('the service over a service binding', () => {
	it('gets or creates, with Drizzle values and types', async () => {
		const lastLogin = new Date('2026-06-01T00:00:00Z')
		const username = fresh('rpc')
		const made = await rows.getOrCreate('accounts', { username, lastLogin })
		const row: { id: number; username: string; lastLogin: Date | null; isSuperuser: boolean } = made.row
		expect(made).toEqual({
			row: { id: row.id, username, lastLogin, isSuperuser: false },
			created: true,
			replayed: false,
		})
		expect(await rows.getOrCreate('accounts', { username }, { by: ['username'] })).toEqual({
			row,
			created: false,
			replayed: false,
		})
	})

	it('updates or creates', async () => {
		const username = fresh('rpc')
		const made = await rows.updateOrCreate('accounts', { username }, { by: ['username'] })
		const changed = await rows.updateOrCreate(
			'accounts',
			{ username, isSuperuser: true, lastLogin: new Date(0) },
			{ by: ['username'], update: ['isSuperuser'] },
		)
		expect(made).toMatchObject({ created: true, updated: false })
		expect(changed).toEqual({
			row: { ...made.row, isSuperuser: true },
			created: false,
			updated: true,
			replayed: false,
		})
	})

	it('updates in other ways, and refuses what can not be done to a column', async () => {
		const [early, late] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')]
		const username = fresh('rpc')
		await rows.updateOrCreate('accounts', { username, lastLogin: early })
		const max = { by: ['username'], max: ['lastLogin'] } as const
		expect(await rows.updateOrCreate('accounts', { username, lastLogin: late }, max)).toMatchObject({
			row: { lastLogin: late },
			updated: true,
		})
		const old = { username, lastLogin: early, isSuperuser: true }
		expect(
			await rows.updateOrCreate('accounts', old, { update: ['isSuperuser'], newer: 'lastLogin' }),
		).toMatchObject({ row: { isSuperuser: false }, updated: false })
		// @ts-expect-error: no number
		const flag = () => rows.updateOrCreate('accounts', old, { add: ['isSuperuser'] })
		expect(await thrown(flag)).toMatchObject({ name: 'UnfitChangeError' })
	})

	it('answers many in order, with plain errors in their places', async () => {
		const [a, b] = [fresh('rpc'), fresh('rpc')]
		const results = await rows.getOrCreateMany('users', [
			{ name: a, email: a },
			{ name: a, email: b },
			{ name: 'x'.repeat(51), email: b },
			{ name: a, email: a },
		])
		expect(results).toEqual([
			{ row: { id: expect.any(Number), name: a, email: a }, created: true, replayed: false },
			{
				error: {
					name: 'ConflictError',
					kind: 'conflict',
					message: expect.any(String),
					conflicts: [{ key: ['name'], differs: ['email'] }],
				},
			},
			{
				error: {
					name: 'InvalidRowError',
					kind: 'invalid-row',
					message: expect.any(String),
					faults: [{ pointer: '/name', detail: 'must have at most 50 characters' }],
				},
			},
			{ row: { id: expect.any(Number), name: a, email: a }, created: false, replayed: false },
		])
		const updated = await rows.updateOrCreateMany('accounts', [{ username: a }, { username: a }])
		expect(updated).toMatchObject([{ created: true }, { created: false, updated: false }])
	})

	it('throws from the single forms what the many forms would give', async () => {
		const name = fresh('rpc')
		await rows.getOrCreate('users', { name, email: name })
		expect(await thrown(() => rows.getOrCreate('users', { name, email: fresh('rpc') }))).toMatchObject({
			name: 'ConflictError',
			conflicts: [{ key: ['name'], differs: ['email'] }],
		})
		expect(await thrown(() => rows.updateOrCreate('accounts', { isSuperuser: true }))).toMatchObject({
			name: 'NotAUniqueKeyError',
			keys: [['id'], ['username']],
		})
	})

	it('tells a repeat under the same key what became of the first', async () => {
		const [name, username, idempotencyKey] = [fresh('rpc'), fresh('rpc'), fresh('k')]
		const row = { name, email: name }
		const get = async () => await rows.getOrCreate('users', row, { idempotencyKey })
		const made = await get()
		expect(made).toMatchObject({ row, created: true })
		expect(made.replayed).toBe(false)
		expect(await get()).toEqual({ ...made, replayed: true })
		const accounts = [{ username }, { username, isSuperuser: true }, { username: fresh('rpc') }]
		const update = async () => await rows.updateOrCreateMany('accounts', accounts, { idempotencyKey })
		const updated = await update()
		expect(updated).toMatchObject([{ created: true }, { updated: true }, { created: true }])
		expect(await update()).toMatchObject([{ created: true }, { updated: true }, { created: true }])
		const other = { name: fresh('rpc'), email: name }
		expect(await thrown(() => rows.getOrCreate('users', other, { idempotencyKey }))).toMatchObject({
			name: 'IdempotencyMismatchError',
		})
		expect(await thrown(() => rows.getOrCreate('users', row, { idempotencyKey: '' }))).toMatchObject({
			message: 'an idempotency key has 1 to 255 printable ASCII characters',
		})
	})

	it('neither takes nor gives hidden columns, and knows only the tables that are served', async () => {
		const hidden = { username: fresh('rpc'), password: 'x' }
		expect(await thrown(() => rows.getOrCreate('accounts', hidden))).toMatchObject({
			faults: [{ pointer: '/password', detail: 'is not a column' }],
		})
		// @ts-expect-error: not a table that is served
		expect(await thrown(() => rows.getOrCreate('sqlite_schema', { name: 'x' }))).toMatchObject({
			message: 'there is no table "sqlite_schema"',
		})
		expect(
			// @ts-expect-error: not a column that is served
			await thrown(() => rows.getOrCreate('accounts', { username: 'x' }, { by: ['password'] })),
		).toMatchObject({ message: 'table "accounts" has no column "password"' })
	})
})

async function thrown(call: () => Promise<unknown>): Promise<unknown> {
	try {
		return await call()
	} catch (error) {
		return error
	}
}
