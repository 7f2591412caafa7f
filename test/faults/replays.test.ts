import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Answer, ask } from './client.ts'
import type { Fault } from './proxy.ts'
import { type Service, SHARING, type Stage, startStage } from './stage.ts'

// What a request is told that comes a second time, by its caller's doing or by that of who stands in between.

interface User {
	id?: number
	name: string
	email: string
}

const user = (): User => ({ name: randomUUID(), email: randomUUID() })

describe.each<[string, Service]>([
	['in the isolate', {}],
	['through the object', SHARING],
])('%s,', (_, service) => {
	let stage: Stage
	beforeAll(async () => {
		stage = await startStage(inject('bundle'), { services: [service] })
	}, 60_000)
	afterAll(() => stage.stop())
	afterEach(() => stage.proxy.heal())

	async function send(method: 'POST' | 'PUT', path: string, body: unknown, key?: string): Promise<Answer> {
		const headers = key === undefined ? {} : { 'idempotency-key': key }
		return await ask(stage.origin, { method, path, body, headers })
	}

	async function idOf({ email }: User): Promise<unknown> {
		return (await stage.query<{ id: number }>(`SELECT id FROM users WHERE email = '${email}'`))[0]?.id
	}

	/** A row made under a key, whose id another row has by now. */
	async function replaced(method: 'POST' | 'PUT', path: string, key: string): Promise<[User, User]> {
		const [first, second] = [user(), user()]
		expect(await send(method, path, first, key)).toMatchObject({ status: 201, body: { created: true } })
		const id = await idOf(first)
		await stage.query(`DELETE FROM users WHERE email = '${first.email}'`)
		expect(await send('POST', '/users?by=email', second)).toMatchObject({
			status: 201,
			body: { row: { id } },
		})
		return [first, second]
	}

	it.each([
		['POST', '/users'],
		['POST', '/users?by=email'],
		['PUT', '/users?by=email'],
		['PUT', '/users?by=email&update=name'],
	] as const)(
		'a repeat of %s %s whose row is gone is a 404, and never the row that has its id now',
		async (method, path) => {
			const key = randomUUID()
			const [first, second] = await replaced(method, path, key)
			const again = await send(method, path, first, key)
			expect(again).toMatchObject({ status: 404, body: { type: '/problems/not-found' } })
			expect(again.text).not.toContain(second.email)
			expect(await idOf(first)).toBeUndefined()
		},
	)

	it('a repeat of an array tells of each row whether it is still the one', async () => {
		const key = randomUUID()
		const [kept, gone, next] = [user(), user(), user()]
		expect((await send('POST', '/users?by=email', [gone, kept], key)).status).toBe(200)
		const id = await idOf(gone)
		await stage.query(`DELETE FROM users WHERE email = '${gone.email}'`)
		await stage.query(`INSERT INTO users (id, name, email) VALUES (${id}, '${next.name}', '${next.email}')`)
		const again = await send('POST', '/users?by=email', [gone, kept], key)
		expect(again).toMatchObject({
			status: 200,
			body: [{ problem: { status: 404 } }, { row: kept, created: true }],
		})
		expect(again.text).not.toContain(next.email)
	})

	it('a repeat whose row was renamed since is still told of that row', async () => {
		const [key, made] = [randomUUID(), user()]
		const name = randomUUID()
		await send('POST', '/users?by=email', made, key)
		await stage.query(`UPDATE users SET name = '${name}' WHERE email = '${made.email}'`)
		expect(await send('POST', '/users?by=email', made, key)).toMatchObject({
			status: 201,
			body: { row: { ...made, name }, created: true },
		})
	})

	/** What becomes of the request that carries a row; nothing of any other. */
	function twice(value: string, between?: () => Promise<unknown>): () => number {
		let times = 0
		const fault: Fault = { kind: 'twice', ...(between ? { between } : {}) }
		stage.proxy.inject((asked) => (asked.includes(value) && ++times === 1 ? fault : undefined))
		return () => times
	}

	async function stored(username: string): Promise<unknown[]> {
		return await stage.query(
			`SELECT is_superuser AS isSuperuser FROM accounts WHERE username = '${username}'`,
		)
	}

	const path = '/accounts?by=username'

	it.each(['POST', 'PUT'] as const)(
		'a %s that reaches the database twice, and is handed the second answer, has made its row',
		async (method) => {
			const [key, username] = [randomUUID(), randomUUID()]
			const times = twice(username)
			const answer = await send(method, path, { username }, key)
			expect(answer).toMatchObject({ status: 201, body: { row: { username }, created: true } })
			// It was told what it did itself: that is no repeat of an earlier request.
			expect(answer.headers.get('idempotency-replayed')).toBeNull()
			expect(times()).toBe(1)
			expect(await stored(username)).toHaveLength(1)
		},
	)

	it('rows of an array that reaches the database twice are each told what became of them', async () => {
		const [key, known, ...names] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
		await send('POST', path, { username: known })
		twice(known)
		const rows = [names[0], known, names[1]].map((username) => ({ username }))
		expect(await send('POST', path, rows, key)).toMatchObject({
			status: 200,
			body: [{ created: true }, { created: false }, { created: true }],
		})
	})

	it('a PUT that reaches the database twice has updated its row, once', async () => {
		const [key, username] = [randomUUID(), randomUUID()]
		await send('POST', path, { username })
		twice(username)
		expect(await send('PUT', path, { username, isSuperuser: true }, key)).toMatchObject({
			status: 200,
			body: { created: false, updated: true, row: { isSuperuser: true } },
		})
	})

	it('a PUT that reaches the database twice does not undo an update that came between', async () => {
		const [key, username] = [randomUUID(), randomUUID()]
		await send('POST', path, { username })
		twice(username, async () => {
			await stage.query(`UPDATE accounts SET is_superuser = 0 WHERE username = '${username}' RETURNING id`)
		})
		expect(await send('PUT', path, { username, isSuperuser: true }, key)).toMatchObject({
			status: 200,
			body: { created: false, updated: true, row: { isSuperuser: false } },
		})
		expect(await stored(username)).toEqual([{ isSuperuser: 0 }])
	})

	it('callers who share a transaction that reaches the database twice are each told the truth under their keys', async () => {
		const names = Array.from({ length: 12 }, () => `twice-${randomUUID()}`)
		stage.proxy.inject((asked) => (asked.includes('twice-') ? { kind: 'twice' } : undefined))
		const answers = await Promise.all(
			names.map(async (username) => await send('POST', path, { username }, username)),
		)
		expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201))
		stage.proxy.heal()
		for (const username of names) {
			const again = await send('POST', path, { username }, username)
			expect(again).toMatchObject({ status: 201, body: { created: true } })
			expect(again.headers.get('idempotency-replayed')).toBe('true')
		}
	})
})
