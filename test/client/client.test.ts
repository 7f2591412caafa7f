import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { createClient, ProblemError, slugOf } from '../../src/client'
import type { resources } from '../../src/resources'
import { createService } from '../../src/service'
import { resource } from '../../src/service/resource'
import { SERVICE } from '../support/bindings'
import { context } from '../support/context'
import * as schema from '../support/schema'
import { fresh } from '../support/service'

const api = createClient<typeof resources>({
	url: 'https://service.test',
	token: 'second-token',
	fetch: async (request) => await SERVICE.fetch(request),
})

const user = () => ({ name: fresh('client'), email: fresh('client') })
const users = (count: number) => Array.from({ length: count }, user)

describe('the client', () => {
	it('gets or creates, and reads by key', async () => {
		const { name, email } = user()
		const made = await api.users.getOrCreate({ email, name }, { by: ['email'] })
		const row: { id: number; name: string; email: string } = made.row
		expect(made).toEqual({ row: { id: row.id, name, email }, created: true, replayed: false })
		expect(await api.users.getOrCreate({ email, name })).toEqual({ row, created: false, replayed: false })
		expect(await api.users.get({ email })).toEqual(row)
		expect(await api.users.get({ id: row.id })).toEqual(row)
		expect(await api.users.get({ email: fresh('nobody') })).toBeUndefined()
	})

	it('updates or creates, with times as text', async () => {
		const username = fresh('client')
		const lastLogin: string = '2026-07-01T00:00:00.000Z'
		const options = { by: ['username'], update: ['lastLogin'] } as const
		expect(await api.accounts.updateOrCreate({ username }, { by: ['username'] })).toMatchObject({
			row: { lastLogin: null },
			created: true,
			updated: false,
		})
		expect(await api.accounts.updateOrCreate({ username, lastLogin }, options)).toMatchObject({
			row: { lastLogin },
			created: false,
			updated: true,
		})
		const again = { username, lastLogin: new Date(lastLogin), isSuperuser: true }
		expect(await api.accounts.updateOrCreate(again, options)).toMatchObject({
			row: { lastLogin, isSuperuser: false },
			created: false,
			updated: false,
		})
	})

	it('gives many in order, with problems in their places', async () => {
		const name = fresh('client')
		const items = await api.users.getOrCreateMany([
			{ name, email: name },
			{ name, email: fresh('client') },
		])
		expect(items).toMatchObject([{ created: true }, { problem: { status: 409 } }])
		expect(items.map(({ problem }) => problem && slugOf(problem))).toEqual([undefined, 'conflict'])
		expect(await api.accounts.updateOrCreateMany([{ username: name }, {}])).toMatchObject([
			{ created: true, updated: false },
			{ problem: { type: '/problems/not-a-unique-key' } },
		])
		expect(await api.users.getOrCreateMany([])).toEqual([])
	})

	it('gives as many as one likes', async () => {
		const rows = users(2345)
		const made = await api.users.getOrCreateMany(rows, { by: ['email'] })
		expect(made).toEqual(rows.map((row) => ({ row: { id: expect.any(Number), ...row }, created: true })))
		const found = await api.users.updateOrCreateMany(rows, { by: ['email'] })
		expect(found).toEqual(made.map((item) => ({ ...item, created: false, updated: false })))
	})

	it('sends what is large in parts, and a row that is too large on its own is alone refused', async () => {
		const options = { by: ['username'] } as const
		const long = 'ü'.repeat(100_000)
		const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ username: `${name}${long}` }))
		const items = await api.accounts.getOrCreateMany(rows, options)
		expect(items.map(({ problem }) => problem && slugOf(problem))).toEqual(rows.map(() => 'invalid-row'))
		const username = fresh('client')
		const tooLarge = { username: 'x'.repeat(1024 * 1024) }
		expect(await api.accounts.getOrCreateMany([{ username }, tooLarge, { username }], options)).toMatchObject(
			[{ created: true }, { problem: { type: '/problems/payload-too-large' } }, { created: false }],
		)
	})

	it('streams, in order', async () => {
		const rows = users(2500)
		async function* source() {
			yield* rows
			yield* rows.slice(0, 5)
		}
		const items = []
		for await (const item of api.users.getOrCreateStream(source(), { by: ['email'] })) items.push(item)
		expect(items.map(({ row }) => row?.email)).toEqual(
			[...rows, ...rows.slice(0, 5)].map(({ email }) => email),
		)
		expect(items.map(({ created }) => created)).toEqual([...rows.map(() => true), ...Array(5).fill(false)])
		const updates = rows.slice(0, 3).map(({ email }, i) => ({ email, name: `${email}-${i}` }))
		const updated = []
		for await (const item of api.users.updateOrCreateStream(updates, { by: ['email'] })) updated.push(item)
		expect(updated).toMatchObject(updates.map((row) => ({ row, created: false, updated: true })))
	})

	it('answers a row of a stream before the next one is there', async () => {
		const rows = users(3)
		const seen: unknown[] = []
		async function* source() {
			for (const [i, row] of rows.entries()) {
				while (seen.length < i) await new Promise((turn) => setTimeout(turn, 5))
				yield row
			}
		}
		for await (const item of api.users.getOrCreateStream(source())) seen.push(item.created)
		expect(seen).toEqual([true, true, true])
	})

	it('asks under a key of the caller, whose repeat is told the same', async () => {
		const row = user()
		const options = { idempotencyKey: fresh('k') }
		const made = await api.users.getOrCreate(row, options)
		expect(made).toMatchObject({ created: true, replayed: false })
		expect(await api.users.getOrCreate(row, options)).toEqual({ ...made, replayed: true })
		const rows = users(1500)
		const many = { idempotencyKey: fresh('k') }
		const first = await api.users.getOrCreateMany(rows, many)
		expect(first.filter(({ created }) => created)).toHaveLength(1500)
		expect(await api.users.getOrCreateMany(rows, many)).toEqual(first)
		const streamed = []
		for await (const item of api.users.getOrCreateStream(rows, many)) streamed.push(item)
		expect(streamed).toEqual(first)
	})

	it('throws the problem of a refusal', async () => {
		const { name, email } = user()
		const refused = api.users.getOrCreate({ name: 'x'.repeat(51), email })
		await expect(refused).rejects.toThrow(ProblemError)
		await expect(refused).rejects.toMatchObject({
			slug: 'invalid-row',
			status: 422,
			problem: { errors: [{ pointer: '/name', detail: 'must have at most 50 characters' }] },
		})
		await api.users.getOrCreate({ name, email })
		await expect(api.users.getOrCreate({ name, email: fresh('client') })).rejects.toMatchObject({
			slug: 'conflict',
			problem: { conflicts: [{ key: ['name'], differs: ['email'] }] },
		})
		await expect(api.users.getOrCreateMany(users(1), { by: [] })).rejects.toMatchObject({
			slug: 'invalid-parameter',
		})
		// @ts-expect-error: hidden columns are not known to the client
		await expect(api.accounts.get({ password: '*' })).rejects.toMatchObject({ slug: 'invalid-parameter' })
		const stranger = createClient<typeof resources>({
			url: 'https://service.test',
			token: 'wrong',
			fetch: async (request) => await SERVICE.fetch(request),
		})
		await expect(stranger.users.get({ email })).rejects.toMatchObject({ slug: 'unauthorized' })
	})
})

/** Served under a prefix, to this client alone. */
function mounted() {
	const resources = [resource(schema.samples), resource(schema.digests), resource(schema.memberships)]
	const app = new Hono().route('/of/:tenant/rows', createService({ resources }).app)
	return createClient<typeof resources>({
		url: new URL('https://app.test/of/acme/rows/'),
		token: async () => 'first-token',
		fetch: (request) => app.fetch(request, env, context),
	})
}

describe('the client of a service that is mounted under a prefix', () => {
	const rows = mounted()

	it('finds it there, and knows its problems', async () => {
		const [team, person] = [fresh('team'), fresh('person')]
		const { row } = await rows.memberships.getOrCreate({ team, person }, { by: ['team', 'person'] })
		expect(await rows.memberships.get({ person, team })).toEqual(row)
		await expect(rows.memberships.getOrCreate({ team, person }, { by: ['team'] })).rejects.toMatchObject({
			slug: 'not-a-unique-key',
			problem: { type: '/of/acme/rows/problems/not-a-unique-key', keys: [['id'], ['team', 'person']] },
		})
	})

	it('takes dates, bytes and big integers, and gives text', async () => {
		const label = fresh('values')
		const sent = {
			label,
			at: new Date('2026-07-01T12:34:56.789Z'),
			ratio: 0.1,
			flag: true,
			payload: { at: 'noon', list: [1, 'two', null] },
			packed: [new Date(0)],
			bytes: Buffer.from([0, 1, 254, 255, 62]),
			big: 2n ** 64n,
			huge: -(2n ** 62n),
		}
		const { row, created } = await rows.samples.getOrCreate(sent, { by: ['label'] })
		expect(created).toBe(true)
		expect(row).toMatchObject({
			label,
			at: '2026-07-01T12:34:56.789Z',
			ratio: 0.1,
			flag: true,
			payload: sent.payload,
			packed: ['1970-01-01T00:00:00.000Z'],
			bytes: 'AAH+/z4=',
			big: '18446744073709551616',
			huge: '-4611686018427387904',
		})
		const { id: _, doubled: __, ...told } = row
		expect(await rows.samples.getOrCreate(told)).toMatchObject({ row, created: false })
	})

	it('finds rows by bytes and times', async () => {
		const hash = crypto.getRandomValues(new Uint8Array(64))
		const at = new Date(Math.floor(Math.random() * 1e9) * 1000)
		const { row } = await rows.digests.getOrCreate({ hash, at })
		expect(row).toEqual({ id: row.id, hash: Buffer.from(hash).toString('base64'), at: at.toISOString() })
		expect(await rows.digests.get({ hash })).toEqual(row)
		expect(await rows.digests.get({ at })).toEqual(row)
		expect(await rows.digests.get({ at: row.at, hash: row.hash })).toEqual(row)
	})
})
