import { describe, expect, it } from 'vitest'
import { createClient, ProblemError } from '../src/client/client'
import type { resources } from '../src/resources'
import { SERVICE } from './support/bindings'
import { fresh } from './support/service'

const rows = createClient<typeof resources>({
	url: 'https://service.test',
	token: 'second-token',
	fetch: (request) => SERVICE.fetch(request),
})

describe('the typed client', () => {
	it('gets or creates, and reads by key', async () => {
		const [email, name] = [fresh('client'), fresh('client')]
		const made = await rows.getOrCreate('users', { email, name }, { by: ['email'] })
		const row: { id: number; name: string; email: string } = made.row
		expect(made).toEqual({ row: { id: row.id, name, email }, created: true })
		expect(await rows.getOrCreate('users', { email, name })).toEqual({ row, created: false })
		expect(await rows.get('users', { email })).toEqual(row)
	})

	it('updates or creates, with times as text', async () => {
		const username = fresh('client')
		const lastLogin: string = '2026-07-01T00:00:00.000Z'
		const options = { by: ['username'], update: ['lastLogin'] } as const
		expect(await rows.updateOrCreate('accounts', { username }, { by: ['username'] })).toMatchObject({
			created: true,
		})
		expect(await rows.updateOrCreate('accounts', { username, lastLogin }, options)).toMatchObject({
			row: { lastLogin },
			created: false,
			updated: true,
		})
	})

	it('gives many in order, with problems in their places', async () => {
		const name = fresh('client')
		expect(
			await rows.getOrCreateMany('users', [
				{ name, email: name },
				{ name, email: fresh('client') },
			]),
		).toMatchObject([{ created: true }, { problem: { status: 409 } }])
		expect(await rows.updateOrCreateMany('accounts', [{ username: name }, {}])).toMatchObject([
			{ created: true, updated: false },
			{ problem: { type: '/problems/not-a-unique-key' } },
		])
	})

	it('asks under an Idempotency-Key', async () => {
		const [name, idempotencyKey] = [fresh('client'), fresh('k')]
		const ask = async () => await rows.getOrCreate('users', { name, email: name }, { idempotencyKey })
		expect([await ask(), await ask()]).toMatchObject([{ created: true }, { created: true }])
		const askMany = async () =>
			await rows.updateOrCreateMany('accounts', [{ username: name }], { idempotencyKey })
		expect([await askMany(), await askMany()]).toMatchObject([[{ created: true }], [{ created: true }]])
	})

	it('throws the problem of a refusal', async () => {
		const refused = rows.getOrCreate('users', { name: 'x'.repeat(51), email: 'x' })
		await expect(refused).rejects.toThrow(ProblemError)
		await expect(refused).rejects.toMatchObject({
			problem: { status: 422, errors: [{ pointer: '/name', detail: 'must have at most 50 characters' }] },
		})
		await expect(rows.get('users', { name: fresh('nobody') })).rejects.toMatchObject({
			problem: { status: 404 },
		})
		// @ts-expect-error: hidden columns are not known to the client
		await expect(rows.get('accounts', { password: '*' })).rejects.toThrow(ProblemError)
	})
})
