import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { idempotencyKeys, KEPT_SECONDS } from '../../src/get-or-create/idempotency-keys'
import { users } from '../../src/schema'
import type { Answer } from '../support/document'
import { call, database, fresh, json } from '../support/service'

interface Send {
	method?: string
	path?: string
	type?: string
}

/** A request under a key, and what matters of its answer. */
async function send(key: string, body: unknown, { method = 'POST', path = '/users', type }: Send = {}) {
	const init = json(body, type)
	const answer = await call(path, { ...init, method, headers: { ...init.headers, 'idempotency-key': key } })
	return { status: answer.status, replayed: answer.headers.get('idempotency-replayed'), ...read(answer) }
}

const read = ({ headers, text }: Answer) => ({ location: headers.get('location'), body: lines(text) })
/** One JSON value, or each line of NDJSON. */
const lines = (text: string): unknown => {
	const values = text.split('\n').flatMap((line): unknown[] => (line ? [JSON.parse(line)] : []))
	return values.length === 1 ? values[0] : values
}

const user = () => ({ name: fresh('key'), email: fresh('key') })
const put = { method: 'PUT', path: '/users?by=email' }
const mismatch = {
	status: 422,
	replayed: null,
	body: expect.objectContaining({ type: '/problems/idempotency-mismatch' }),
}
const rowOf = async (email: string) => {
	const answer = await call(`/users?email=${email}`)
	return answer.status === 404 ? undefined : answer.body
}

describe('a request under an Idempotency-Key', () => {
	it('that made a row is told so again, and is not without the key', async () => {
		const [key, row] = [fresh('k'), user()]
		const made = await send(key, row)
		expect(made).toMatchObject({ status: 201, replayed: null, body: { created: true } })
		expect(await send(key, row)).toEqual({ ...made, replayed: 'true' })
		expect(await send(key, row)).toEqual({ ...made, replayed: 'true' })
		expect((await call('/users', json(row))).body).toMatchObject({ created: false })
	})

	it('that found a row is told so again', async () => {
		const [key, row] = [fresh('k'), user()]
		await call('/users', json(row))
		const found = await send(key, row)
		expect(found).toMatchObject({ status: 200, replayed: null, body: { created: false } })
		expect(await send(key, row)).toEqual({ ...found, replayed: 'true' })
	})

	it('that updated a row does not do it again: what came between stays, and is shown', async () => {
		const [key, row, name] = [fresh('k'), user(), fresh('between')]
		await call('/users', json(row))
		const wanted = { ...row, name: fresh('wanted') }
		const first = await send(key, wanted, put)
		expect(first).toMatchObject({ status: 200, replayed: null, body: { row: wanted, updated: true } })
		await call('/users?by=email', { ...json({ ...row, name }), method: 'PUT' })
		expect(await send(key, wanted, put)).toMatchObject({
			status: 200,
			replayed: 'true',
			body: { row: { ...row, name }, created: false, updated: true },
		})
		expect(await rowOf(row.email)).toMatchObject({ name })
	})

	it('that a PUT made, or left as it was, is told so again', async () => {
		const [made, same, row] = [fresh('k'), fresh('k'), user()]
		const created = await send(made, row, put)
		const unchanged = await send(same, row, put)
		expect([created, unchanged]).toMatchObject([
			{ status: 201, body: { created: true, updated: false } },
			{ status: 200, body: { created: false, updated: false } },
		])
		await call('/users?by=email', { ...json({ ...row, name: fresh('else') }), method: 'PUT' })
		expect(await send(made, row, put)).toMatchObject({ status: 201, body: { created: true, updated: false } })
		expect(await send(same, row, put)).toMatchObject({
			status: 200,
			body: { created: false, updated: false },
		})
	})

	it('is told of its row as it is now, as long as a unique value tells that it is the same', async () => {
		for (const method of ['POST', 'PUT']) {
			const [key, row, name] = [fresh('k'), user(), fresh('now')]
			const { email } = row
			const made = await send(key, row, { method })
			expect(made).toMatchObject({ status: 201, replayed: null })
			const { id } = (made.body as { row: { id: number } }).row
			await call('/users', { ...json({ id, name, email }), method: 'PUT' })
			const again = {
				...made,
				replayed: 'true',
				body: { ...(made.body as object), row: { id, name, email } },
			}
			expect(await send(key, row, { method })).toEqual(again)
			await call('/users', { ...json({ id, name, email: fresh('now') }), method: 'PUT' })
			expect(await send(key, row, { method })).toMatchObject({ status: 404, replayed: 'true' })
		}
	})

	it('is never told of a row of somebody else that was given the same id', async () => {
		const [key, row, other] = [fresh('k'), user(), user()]
		const made = await send(key, row)
		const { id } = (made.body as { row: { id: number } }).row
		await database().delete(users).where(eq(users.id, id))
		await call('/users', json({ id, ...other }))
		expect(await send(key, row)).toMatchObject({ status: 404, replayed: 'true' })
	})

	it('that was in conflict still is when nothing stands in its way any more', async () => {
		for (const options of [{ path: '/users?by=email' }, put]) {
			const [key, row, other] = [fresh('k'), user(), user()]
			await call('/users', json(other))
			const wanted = { ...row, name: other.name }
			const refused = await send(key, wanted, options)
			expect(refused).toMatchObject({ status: 409, replayed: null, body: { conflicts: [{ key: ['name'] }] } })
			expect(await send(key, wanted, options)).toMatchObject({ status: 409, replayed: 'true' })
			await call('/users?by=email', { ...json({ ...other, name: fresh('gone') }), method: 'PUT' })
			expect(await send(key, wanted, options)).toMatchObject({ status: 409, replayed: 'true' })
			expect(await rowOf(row.email)).toBeUndefined()
			expect(await send(fresh('k'), wanted, options)).toMatchObject({ status: 201 })
		}
	})

	it('that was refused before the database was asked may be mended', async () => {
		const [key, row] = [fresh('k'), user()]
		expect(await send(key, { ...row, name: 1 })).toMatchObject({ status: 422 })
		const path = { method: 'PUT', path: '/users?by=email' }
		expect(await send(key, { email: row.email }, path)).toMatchObject({ status: 422, replayed: null })
		expect(await send(key, row)).toMatchObject({ status: 201, replayed: null })
	})

	it('is never made twice: once its row has gone, that is told', async () => {
		const [key, row] = [fresh('k'), user()]
		await send(key, row)
		await database().delete(users).where(eq(users.email, row.email))
		expect(await send(key, row)).toMatchObject({
			status: 404,
			replayed: 'true',
			body: { type: '/problems/not-found' },
		})
		expect(await rowOf(row.email)).toBeUndefined()
	})

	it('is the same request whatever the order of its properties', async () => {
		const [key, { name, email }] = [fresh('k'), user()]
		await send(key, { name, email })
		expect(await send(key, { email, name })).toMatchObject({ status: 201, replayed: 'true' })
	})

	it('is another request with another body, verb, by, update or form, and changes nothing', async () => {
		const [key, row] = [fresh('k'), user()]
		await send(key, row, { path: '/users?by=email' })
		const other = user()
		expect(await send(key, { ...row, name: other.name }, { path: '/users?by=email' })).toMatchObject(mismatch)
		expect(await send(key, other, { path: '/users?by=email' })).toMatchObject(mismatch)
		expect(await send(key, row, { path: '/users?by=name' })).toMatchObject(mismatch)
		expect(await send(key, { ...row, name: other.name }, put)).toMatchObject(mismatch)
		expect(await send(key, other, put)).toMatchObject(mismatch)
		expect(await send(key, [row], { path: '/users?by=email' })).toMatchObject({
			status: 200,
			body: [{ problem: { status: 422, type: '/problems/idempotency-mismatch' } }],
		})
		expect(await rowOf(row.email)).toMatchObject(row)
		expect(await rowOf(other.email)).toBeUndefined()
		const updates = fresh('k')
		const update = { method: 'PUT', path: '/accounts?by=username&update=lastLogin' }
		const account = { username: row.name, isSuperuser: true, lastLogin: null }
		await send(updates, account, update)
		const another = { ...update, path: '/accounts?by=username&update=isSuperuser' }
		expect(await send(updates, account, another)).toMatchObject(mismatch)
	})

	it('is of one table', async () => {
		const key = fresh('k')
		expect(await send(key, user())).toMatchObject({ status: 201, replayed: null })
		const account = { username: fresh('key') }
		expect(await send(key, account, { path: '/accounts' })).toMatchObject({ status: 201, replayed: null })
		expect(await send(key, account, { path: '/accounts' })).toMatchObject({ status: 201, replayed: 'true' })
	})

	it('may have any key of 1 to 255 printable ASCII characters, told apart by each', async () => {
		for (const key of ['x'.repeat(255), `a"'\\b ~!`, '0', '00', fresh('K').toUpperCase(), fresh('k')]) {
			const [row, unique] = [user(), key.length > 200 ? key : `${key}${fresh(' ')}`]
			const first = await send(unique, row)
			expect(first).toMatchObject({ status: 201, replayed: null })
			expect(await send(unique, row)).toEqual({ ...first, replayed: 'true' })
		}
		const key = fresh('case')
		expect(await send(key, user())).toMatchObject({ status: 201 })
		expect(await send(key.toUpperCase(), user())).toMatchObject({ status: 201, replayed: null })
	})

	it.each([
		['empty', ''],
		['too long', 'x'.repeat(256)],
		['not ASCII', 'schlüssel'],
		['of control characters', 'a\tb'],
	])('is refused where the key is %s, and makes nothing', async (_, key) => {
		const row = user()
		expect(await send(key, row)).toMatchObject({
			status: 422,
			body: { type: '/problems/invalid-parameter', detail: expect.stringContaining('Idempotency-Key') },
		})
		expect(await rowOf(row.email)).toBeUndefined()
	})

	it('is forgotten after 24 hours, not before', async () => {
		const [key, row] = [fresh('k'), user()]
		await send(key, row)
		const age = async (seconds: number) => {
			const notedAt = Math.floor(Date.now() / 1000) - seconds
			await database().update(idempotencyKeys).set({ notedAt }).where(eq(idempotencyKeys.key, key))
		}
		await age(KEPT_SECONDS - 60)
		expect(await send(key, row)).toMatchObject({ status: 201, replayed: 'true' })
		await age(KEPT_SECONDS)
		expect(await send(key, row)).toMatchObject({ status: 200, replayed: null, body: { created: false } })
		expect(await send(key, row)).toMatchObject({ status: 200, replayed: 'true', body: { created: false } })
	})

	it('leaves no value of the row in its note', async () => {
		const [key, row] = [fresh('k'), user()]
		await send(key, row)
		const notes = await database().select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key))
		expect(notes).toHaveLength(1)
		expect(JSON.stringify(notes)).not.toContain(row.name)
	})

	it('leaves no note where it has no key', async () => {
		const count = async () => await database().$count(idempotencyKeys, eq(idempotencyKeys.key, 'undefined'))
		await call('/users', json(user()))
		expect(await count()).toBe(0)
	})
})

describe('many rows under an Idempotency-Key', () => {
	it('are each told what became of them, by their position', async () => {
		const [key, a, b] = [fresh('k'), user(), user()]
		const rows = [a, { ...a }, { name: a.name, email: fresh('none') }, { name: 1 }, b]
		const first = await send(key, rows)
		expect(first).toMatchObject({
			status: 200,
			replayed: null,
			body: [
				{ row: a, created: true },
				{ row: a, created: false },
				{ problem: { status: 409, conflicts: [{ key: ['name'] }] } },
				{ problem: { status: 422 } },
				{ row: b, created: true },
			],
		})
		const again = await send(key, rows)
		expect(again).toMatchObject({ status: 200, replayed: 'true' })
		const withoutId = (_: string, value: unknown) =>
			typeof value === 'string' && value.length === 36 ? '' : value
		expect(JSON.stringify(again.body, withoutId)).toBe(JSON.stringify(first.body, withoutId))
	})

	it('may be more the next time, and one that is another row is refused alone', async () => {
		const [key, a, b, c] = [fresh('k'), user(), user(), user()]
		await send(key, [a, b])
		expect(await send(key, [a, c, c, b])).toMatchObject({
			status: 200,
			replayed: 'true',
			body: [
				{ row: a, created: true },
				{ problem: { type: '/problems/idempotency-mismatch' } },
				{ row: c, created: true },
				{ row: b, created: false },
			],
		})
	})

	it('that update one row in order do so once', async () => {
		const [key, row] = [fresh('k'), user()]
		const steps = [row, { ...row, name: fresh('second') }, { ...row, name: fresh('third') }, row]
		const first = await send(key, steps, put)
		const flags = [
			{ created: true, updated: false },
			{ created: false, updated: true },
			{ created: false, updated: true },
			{ created: false, updated: true },
		]
		expect(first).toMatchObject({ replayed: null, body: flags })
		const name = fresh('after')
		await call('/users?by=email', { ...json({ ...row, name }), method: 'PUT' })
		const again = await send(key, steps, put)
		expect(again).toMatchObject({ replayed: 'true', body: flags.map((each) => ({ ...each, row: { name } })) })
		expect(await rowOf(row.email)).toMatchObject({ name })
	})

	it('may be a thousand', async () => {
		const key = fresh('k')
		const rows = Array.from({ length: 1000 }, user)
		const first = await send(key, rows)
		const again = await send(key, rows)
		expect(again).toEqual({ ...first, replayed: 'true' })
		expect((again.body as { created: boolean }[]).filter(({ created }) => created)).toHaveLength(1000)
	})

	it('may be a stream of them', async () => {
		const key = fresh('k')
		const rows = Array.from({ length: 1200 }, user)
		const body = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n{bad\n\n${JSON.stringify(rows[0])}`
		const type = 'application/x-ndjson'
		const first = await send(key, body, { type })
		const again = await send(key, body, { type })
		expect([first.replayed, again.replayed]).toEqual([null, 'true'])
		const flags = (answer: { body: unknown }) =>
			(answer.body as { created?: boolean }[]).map(({ created }) => created)
		expect(flags(first)).toEqual([...rows.map(() => true), undefined, false])
		expect(flags(again)).toEqual(flags(first))
	})
})

describe('at the same moment', () => {
	it('of one request under one key from many connections one does it, and all are told the same', async () => {
		for (const options of [{}, put]) {
			const [key, row] = [fresh('k'), user()]
			const answers = await Promise.all(Array.from({ length: 20 }, async () => await send(key, row, options)))
			expect(new Set(answers.map((answer) => JSON.stringify({ ...answer, replayed: null }))).size).toBe(1)
			expect(answers[0]).toMatchObject({ status: 201, body: { created: true } })
			expect(answers.filter(({ replayed }) => replayed === null)).toHaveLength(1)
		}
	})

	it('of one row under many keys one is its creator, and remains so', async () => {
		const row = user()
		const keys = Array.from({ length: 20 }, () => fresh('k'))
		const ask = async () => await Promise.all(keys.map(async (key) => await send(key, row)))
		const first = await ask()
		expect(first.filter(({ status }) => status === 201)).toHaveLength(1)
		expect(first.every(({ replayed }) => replayed === null)).toBe(true)
		expect(await ask()).toEqual(first.map((answer) => ({ ...answer, replayed: 'true' })))
	})

	it('of two requests under one key one is refused', async () => {
		const [key, a, b] = [fresh('k'), user(), user()]
		const answers = await Promise.all([send(key, a), send(key, b)])
		expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([201, 422])
		expect([await rowOf(a.email), await rowOf(b.email)].filter(Boolean)).toHaveLength(1)
	})
})
