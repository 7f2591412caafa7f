import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { describe, expect, inject, it } from 'vitest'
import { databaseSettings, httpBatch } from '../../../src/database/client'
import { callOf, outcomesOf } from '../../../src/get-or-create/call'
import { rowRequest } from '../../../src/get-or-create/row-request'
import { tableInfo } from '../../../src/get-or-create/table'
import { runTransaction } from '../../../src/get-or-create/transaction'
import { context } from '../../support/context'
import { kinds, twinsOf } from '../../support/kinds'
import { database, fresh } from '../../support/service'
import { useDatabase } from '../../support/use-database'
import { appOf } from './app'

useDatabase(inject('allKindsUrl'))

// What array and single requests agree upon may be wrong in both, and what is random may be missed: here it stands.

const app = appOf(kinds.map(twinsOf))

async function send(method: string, path: string, body: object, key?: string) {
	const headers = {
		authorization: 'Bearer first-token',
		'content-type': 'application/json',
		...(key === undefined ? {} : { 'idempotency-key': key }),
	}
	const init = { method, headers, body: JSON.stringify(body) }
	const response = await app.request(path, init, env, context)
	const answer: unknown = await response.json()
	return { status: response.status, replayed: response.headers.get('idempotency-replayed'), body: answer }
}

const RULE = { pointer: '', detail: 'is refused by a rule of the table' }

describe('a row that a trigger changes as it is made', () => {
	it.each(['/lowercased_single', '/lowercased_single?by=name'])(
		'was created, and is shown as it is: %s',
		async (path) => {
			const name = fresh('NAME')
			const made = await send('POST', path, { name, v: 1 })
			expect(made).toMatchObject({
				status: 201,
				body: { created: true, row: { name: name.toLowerCase(), v: 1 } },
			})
		},
	)

	it('was created under its key, again and again', async () => {
		const [key, name] = [fresh('k'), fresh('NAME')]
		const told = { status: 201, body: { created: true, row: { name: name.toLowerCase() } } }
		expect(await send('POST', '/lowercased_single', { name }, key)).toMatchObject({ ...told, replayed: null })
		expect(await send('POST', '/lowercased_single', { name }, key)).toMatchObject({
			...told,
			replayed: 'true',
		})
	})

	it('was created in an array too, beside others', async () => {
		const rows = Array.from({ length: 5 }, () => ({ name: fresh('Name'), other: fresh('o') }))
		const { body } = await send('PUT', '/lowercased_single?by=name,other', rows)
		expect(body).toMatchObject(
			rows.map(({ name, other }) => ({ created: true, row: { name: name.toLowerCase(), other } })),
		)
	})
})

describe('an update that changes what its row is asked by', () => {
	it.each([undefined, 'key'])('is done once, and told so (Idempotency-Key: %s)', async (key) => {
		const slug = fresh('s')
		const put = (by: string, row: object, under = key && fresh(key)) =>
			send('PUT', `/versioned_single?by=${by}`, row, under)
		await put('slug', { slug, title: 'a' })
		const under = key && fresh(key)
		const next = { slug, version: 1, title: 'b' }
		const done = { created: false, updated: true, row: { slug, version: 2, etag: `${slug}.1`, title: 'b' } }
		expect(await put('slug,version', next, under)).toMatchObject({ status: 200, body: done })
		const lost = { status: 409, body: { conflicts: [{ key: ['slug'], differs: ['version'] }] } }
		expect(await put('slug,version', next, under)).toMatchObject(key ? { status: 200, body: done } : lost)
		const third = { created: false, updated: true, row: { slug, version: 3, etag: `${slug}.2`, title: 'c' } }
		expect(await put('etag', { slug, etag: `${slug}.1`, title: 'c' })).toMatchObject({ body: third })
	})

	it('lets one of many win', async () => {
		const slug = fresh('s')
		await send('PUT', '/versioned_single?by=slug', { slug, title: 'a' })
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, nth) =>
				send('PUT', '/versioned_single?by=slug,version', { slug, version: 1, title: `b${nth % 2}` }),
			),
		)
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
		expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
	})

	/** Calls of one row each, in one transaction. */
	async function together(rows: { slug: string; title: string }[]) {
		const [table] = kinds
			.filter(({ name }) => name === 'versioned')
			.map((kind) => tableInfo(twinsOf(kind).single))
		if (!table) throw new Error('no such kind')
		const by = table.columns.filter(({ property }) => ['slug', 'version'].includes(property))
		const calls = rows.map((row) =>
			callOf([rowRequest(table, { verb: 'update-or-create', by, row: { ...row, version: 1 } })]),
		)
		const batch = httpBatch(databaseSettings(env.TURSO_DATABASE_URL))
		await runTransaction(batch, calls, Date.now() + 5000)
		return calls.flatMap((call) => outcomesOf(call))
	}

	it.each([
		['b', 'b'],
		['b', 'c'],
	])('lets the first of those win that share a transaction (%s, %s)', async (...titles) => {
		const slug = fresh('s')
		await send('PUT', '/versioned_single?by=slug', { slug, title: 'a' })
		expect(await together(titles.map((title) => ({ slug, title })))).toMatchObject([
			{ kind: 'row', updated: true },
			{ kind: 'error', error: { conflicts: [{ key: ['slug'], differs: ['version'] }] } },
		])
	})

	it('is told to each of those that share a transaction', async () => {
		const [one, other, made] = [fresh('s'), fresh('s'), fresh('s')]
		for (const slug of [one, other]) await send('PUT', '/versioned_single?by=slug', { slug, title: 'a' })
		const rows = [one, made, other].map((slug) => ({ slug, title: 'b' }))
		expect(await together(rows)).toMatchObject([
			{ created: false, updated: true, values: expect.arrayContaining([one, 2, 'b']) },
			{ created: true, updated: false, values: expect.arrayContaining([made, 1, 'b']) },
			{ created: false, updated: true, values: expect.arrayContaining([other, 2, 'b']) },
		])
	})
})

describe('a row that a trigger fills in', () => {
	it('is not the next one that wants what it was filled with', async () => {
		const [one, two] = [fresh('a'), fresh('b')]
		const rows = [
			{ name: one, other: null },
			{ name: two, other: one.toUpperCase() },
		]
		const { body } = await send('POST', '/filled_by_trigger_single', rows)
		expect(body).toMatchObject([
			{ row: { name: one, other: one.toUpperCase() }, created: true },
			{ problem: { status: 409, conflicts: [{ key: ['other'], differs: ['name'] }] } },
		])
	})
})

describe('an update that a trigger overrides', () => {
	it('was done, and its repeat is told the same', async () => {
		const [key, name] = [fresh('k'), fresh('name')]
		await send('POST', '/overridden_single', { name })
		const told = { status: 200, body: { created: false, updated: true, row: { name, v: 2 } } }
		expect(await send('PUT', '/overridden_single?by=name', { name, v: 9 }, key)).toMatchObject(told)
		expect(await send('PUT', '/overridden_single?by=name', { name, v: 9 }, key)).toMatchObject(told)
	})
})

describe('a row that a trigger passes over', () => {
	it.each(['POST', 'PUT'])('is refused by a rule, and not for another row: %s', async (method) => {
		for (const key of [undefined, fresh('k')]) {
			const answer = await send(
				method,
				'/refused_inserts_single?by=name',
				{ name: fresh('ignored').concat('-ignored') },
				key,
			)
			expect(answer).toMatchObject({ status: 422, body: { type: '/problems/invalid-row', errors: [RULE] } })
		}
		const name = fresh('name')
		await send('POST', '/refused_updates_single', { name })
		const answer = await send('PUT', '/refused_updates_single?by=name', { name, v: 6 })
		expect(answer).toMatchObject({ status: 422, body: { errors: [RULE] } })
	})
})

describe('an error that is no constraint', () => {
	it('is the fault of the row alone that met it', async () => {
		const rows = ['{}', 'no JSON', '{"kind":"x"}'].map((body) => ({ slug: fresh('s'), body }))
		const { body } = await send('POST', '/read_as_json_single?by=slug', rows)
		expect(body).toMatchObject([
			{ created: true, row: { kind: null } },
			{ problem: { status: 422, errors: [RULE] } },
			{ created: true, row: { kind: 'x' } },
		])
	})

	it('shows nothing of the expression that it came from', async () => {
		const answer = await send('POST', '/keyed_by_json_single?by=slug', {
			slug: fresh('s'),
			body: '{"size":3}',
		})
		expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '' }] } })
		expect(JSON.stringify(answer)).not.toContain('json_extract')
	})
})

describe('rows that may meet in a value that they do not name', () => {
	it('keep their order: a default is a value', async () => {
		const person = fresh('p')
		const rows = [
			{ person: fresh('p'), v: 1 },
			{ person, scope: 'x', v: 2 },
			{ person, v: 3 },
		]
		const { body } = await send('POST', '/default_in_key_single?by=scope,person', [
			{ ...rows[1] },
			{ scope: 'x', person, v: 4 },
		])
		expect(body).toMatchObject([{ created: true }, { created: false, row: { v: 2 } }])
		const array = await send('POST', '/default_in_key_single?by=id', [
			{ id: -1, person: `${person}+`, v: 1 },
			{ id: -2, person: `${person}+`, scope: 'x', v: 2 },
			{ id: -3, person: `${person}+`, v: 3 },
		])
		const inTheWay = { problem: { status: 409, conflicts: [{ key: ['scope', 'person'], differs: ['id'] }] } }
		expect(array.body).toMatchObject([{ created: true, row: { id: -1 } }, inTheWay, inTheWay])
		await database().run(sql`DELETE FROM default_in_key_single WHERE id < 0`)
	})

	it('keep their order over rows that look otherwise: a generated key is known to the database alone', async () => {
		const [taken, word] = [fresh('s'), fresh('word')]
		await send('POST', '/generated_key_single', { slug: taken, first: fresh('first') })
		const rows = [
			{ slug: taken, first: fresh('other') },
			{ slug: fresh('s'), first: word.toUpperCase(), last: null },
			{ slug: fresh('s'), first: word },
		]
		const { body } = await send('POST', '/generated_key_single?by=slug,first', rows)
		expect(body).toMatchObject([
			{ problem: { conflicts: [{ key: ['slug'], differs: ['first'] }] } },
			{ created: true },
			{ problem: { conflicts: [{ key: ['full'] }] } },
		])
	})

	it('are each told of themselves where a part of the primary key is null', async () => {
		const rows = [1, 2].map(() => ({ b: 7, slug: fresh('s') }))
		const keys = [fresh('k'), fresh('k')]
		for (const replayed of [null, 'true']) {
			for (const [i, row] of rows.entries()) {
				const answer = await send('POST', '/nullable_primary_single?by=slug', row, keys[i])
				expect(answer).toMatchObject({ status: 201, replayed, body: { created: true, row } })
			}
		}
		const array = await send('POST', '/nullable_primary_single?by=slug', [
			{ b: 7, slug: fresh('s') },
			{ b: 7, slug: fresh('s') },
		])
		expect(array.body).toMatchObject([{ created: true }, { created: true }])
	})

	it('are one row where a decimal is spelt in two ways', async () => {
		const amount = `${Math.floor(Math.random() * 1e9)}.5`
		const price = Math.floor(Math.random() * 1e9)
		const answers = await Promise.all(
			Array.from({ length: 24 }, async (_, i) => {
				const row = { amount: i % 2 === 0 ? amount : `${amount}0`, price, big: String(i) }
				return await send('PUT', '/decimal_key_single?by=amount', row)
			}),
		)
		expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(23)
	})
})
