import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { drizzle as drizzleD1 } from 'drizzle-orm/d1'
import { drizzle, type LibSQLDatabase } from 'drizzle-orm/libsql'
import { drizzle as drizzleHttp } from 'drizzle-orm/libsql/http'
import type { drizzle as drizzleNode } from 'drizzle-orm/libsql/node'
import type { drizzle as drizzleSqlite3 } from 'drizzle-orm/libsql/sqlite3'
import type { drizzle as drizzleWasm } from 'drizzle-orm/libsql/wasm'
import type { drizzle as drizzleWeb } from 'drizzle-orm/libsql/web'
import type { drizzle as drizzleWs } from 'drizzle-orm/libsql/ws'
import { type BaseSQLiteDatabase, integer, sqliteTable, text, withReplicas } from 'drizzle-orm/sqlite-core'
import { drizzle as drizzleProxy } from 'drizzle-orm/sqlite-proxy'
import { describe, expect, it } from 'vitest'
import { startLibsqlServer } from '../../scripts/libsql-server.ts'
import {
	getOrCreate,
	getOrCreateMany,
	type LibsqlDatabase,
	updateOrCreate,
	updateOrCreateMany,
} from '../../src/get-or-create'
import { orders, pairs, samples, tags } from '../support/schema'
import { inFile, newFolder, removeFolder, tablesSql } from './databases'

describe('a database in a file', () => {
	it('creates exactly one row when 50 callers race, and so do other processes', async () => {
		const folder = newFolder()
		const path = join(folder, 'rows.db')
		const clients = Array.from({ length: 5 }, () => createClient({ url: `file:${path}`, timeout: 5000 }))
		const [first] = clients
		await first?.executeMultiple(await tablesSql())
		const keys = Array.from({ length: 40 }, (_, i) => `key ${i}`)
		const rivals = [rival(path, keys), rival(path, keys)]
		await Promise.all(rivals.map(async ({ ready }) => await ready))
		let created = 0
		for (const slug of keys) {
			await new Promise((resolve) => setTimeout(resolve, 1))
			const results = await Promise.all(
				Array.from({ length: 50 }, async (_, i) => {
					const db = drizzle(
						clients[i % clients.length] ?? createClient({ url: `file:${path}`, timeout: 5000 }),
					)
					return await getOrCreate(db, tags, { slug, label: `${i}` }, { by: ['slug'], timeout: 20_000 })
				}),
			)
			const [{ row } = { row: undefined }] = results
			expect(results.every((each) => each.row.label === row?.label)).toBe(true)
			created += results.filter((each) => each.created).length
		}
		for (const { count } of rivals) created += await count
		expect(created).toBe(keys.length)
		for (const client of clients) client.close()
		removeFolder(folder)
	}, 60_000)

	it('waits for a transaction that another holds open', async () => {
		const { db, close } = await inFile(await tablesSql())
		let result: ReturnType<typeof getOrCreate<typeof tags>> | undefined
		await db.transaction(async (tx) => {
			await getOrCreate(tx, tags, { slug: 'held' })
			result = getOrCreate(db, tags, { slug: 'held' })
			await new Promise((resolve) => setTimeout(resolve, 100))
		})
		expect(await result).toEqual({ row: { slug: 'held', label: null }, created: false })
		await close()
	})
})

/** Another process that makes rows of these keys, each in a transaction that it holds for a while; it tells how many it made. */
function rival(path: string, keys: string[]): { ready: Promise<unknown>; count: Promise<number> } {
	const script = `
		const { DatabaseSync } = require('node:sqlite')
		const db = new DatabaseSync(${JSON.stringify(path)}, { timeout: 20000 })
		console.log('ready')
		let made = 0
		for (const key of ${JSON.stringify(keys)}.reverse()) {
			db.exec('BEGIN IMMEDIATE')
			made += Number(db.prepare("INSERT INTO tags VALUES (?, 'rival') ON CONFLICT DO NOTHING").run(key).changes)
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
			db.exec('COMMIT')
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
		}
		console.log(made)`
	const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
	let output = ''
	child.stdout.on('data', (chunk) => (output += String(chunk)))
	return {
		ready: once(child.stdout, 'data'),
		count: once(child, 'close').then(() => Number(output.trim().split('\n').at(-1))),
	}
}

describe('a database in memory', () => {
	it('waits for a transaction that holds its one connection, and keeps its rows', async () => {
		const db = drizzle(createClient({ url: ':memory:' }))
		await db.$client.executeMultiple(await tablesSql())
		let result: ReturnType<typeof getOrCreate<typeof tags>> | undefined
		await db.transaction(async (tx) => {
			await getOrCreate(tx, tags, { slug: 'held' })
			result = getOrCreate(db, tags, { slug: 'held' })
			await new Promise((resolve) => setTimeout(resolve, 100))
		})
		expect(await result).toEqual({ row: { slug: 'held', label: null }, created: false })
		const many = await getOrCreateMany(db, tags, [{ slug: 'held' }, { slug: 'new' }])
		expect(many).toMatchObject([{ created: false }, { created: true }])
	})
})

describe('an embedded replica', () => {
	it('writes to its primary, and reads what it wrote', async () => {
		const folder = newFolder()
		// The replica's transactions hold one of them for a while.
		const primary = await startLibsqlServer(folder, [], { connections: 8 })
		await createClient({ url: primary.url }).executeMultiple(await tablesSql())
		const client = createClient({ url: `file:${join(folder, 'replica.db')}`, syncUrl: primary.url })
		await client.sync()
		const replica = drizzle(client)
		const direct = drizzleHttp({ connection: { url: primary.url } })
		const made = await getOrCreate(replica, tags, { slug: 'a', label: '1' })
		expect(made).toEqual({ row: { slug: 'a', label: '1' }, created: true })
		expect(await getOrCreate(direct, tags, { slug: 'a', label: '1' })).toEqual({ ...made, created: false })
		await getOrCreate(direct, tags, { slug: 'b', label: '1' })
		const found = await getOrCreate(replica, tags, { slug: 'b', label: '2' }, { by: ['slug'] })
		expect(found).toEqual({ row: { slug: 'b', label: '1' }, created: false })
		const updated = await updateOrCreate(replica, tags, { slug: 'b', label: '2' })
		expect(updated).toMatchObject({ row: { label: '2' }, updated: true })
		const rows = [{ number: '1' }, { number: '2', low: 50 }, { number: '3', tag: 'nowhere' }, { number: '4' }]
		const told = (results: object[]) =>
			results.map((result) =>
				'error' in result ? String(result.error) : 'created' in result && result.created,
			)
		const refused = [
			'InvalidRowError: the row breaks the rule "low must be below high"',
			'InvalidRowError: /tag refers to a row that does not exist',
		]
		expect(told(await getOrCreateMany(replica, orders, rows))).toEqual([true, ...refused, true])
		await replica.transaction(async (tx) => {
			expect(await getOrCreate(tx, tags, { slug: 'c' })).toMatchObject({ created: true })
			expect(await getOrCreate(tx, tags, { slug: 'b' }, { by: ['slug'] })).toMatchObject({ created: false })
			expect(told(await getOrCreateMany(tx, orders, [...rows, { number: '5' }]))).toEqual([
				false,
				...refused,
				false,
				true,
			])
		})
		expect(await getOrCreate(direct, tags, { slug: 'c' })).toMatchObject({ created: false })
		expect(await getOrCreate(direct, orders, { number: '5' })).toMatchObject({ created: false })
		client.close()
		await primary.stop()
		removeFolder(folder)
	}, 30_000)
})

describe('a database over WebSockets', () => {
	it('is asked as any other, in its transactions too', async () => {
		const folder = newFolder()
		const server = await startLibsqlServer(folder, [], { connections: 8 })
		const client = createClient({ url: server.url.replace('http', 'ws') })
		await client.executeMultiple(await tablesSql())
		const db = drizzle(client)
		expect(await getOrCreate(db, tags, { slug: 'a' })).toMatchObject({ created: true })
		const many = await getOrCreateMany(db, orders, [
			{ number: '1' },
			{ number: '2', low: 50 },
			{ number: '3' },
		])
		expect(many).toMatchObject([{ created: true }, { error: { name: 'InvalidRowError' } }, { created: true }])
		await db.transaction(async (tx) => {
			const again = await getOrCreateMany(tx, orders, [{ number: '2', low: 50 }, { number: '3' }])
			expect(again).toMatchObject([{ error: { name: 'InvalidRowError' } }, { created: false }])
			expect(await getOrCreate(tx, tags, { slug: 'b' })).toMatchObject({ created: true })
		})
		expect(await getOrCreate(db, tags, { slug: 'b' })).toMatchObject({ created: false })
		client.close()
		await server.stop()
		removeFolder(folder)
	}, 30_000)
})

describe.each(['number', 'bigint', 'string'] as const)('a client that gives integers as a %s', (intMode) => {
	it('makes no difference in a transaction', async () => {
		const db = drizzle(createClient({ url: ':memory:', intMode }))
		await db.$client.executeMultiple(await tablesSql())
		const row = { label: 'a', huge: 2n ** 63n - 1n, flag: true, at: new Date(1) }
		await db.transaction(async (tx) => {
			const made = await getOrCreate(tx, samples, row, { by: ['label'] })
			expect(made).toMatchObject({ row: { id: 1, ...row }, created: true })
			expect(await getOrCreate(tx, samples, row, { by: ['label'] })).toEqual({ ...made, created: false })
			const results = await updateOrCreateMany(
				tx,
				pairs,
				[
					{ a: 'a', b: 'b', v: 1 },
					{ a: 'c', b: 'b' },
					{ a: 'a', v: 2 },
				],
				{ by: ['a'] },
			)
			expect(results).toMatchObject([
				{ created: true },
				{ error: { conflicts: [{ key: ['b'], differs: ['a'] }] } },
				{ row: { id: 1, v: 2 }, updated: true },
			])
		})
	})
})

describe('a database with a casing', () => {
	it('has it in its transactions too', async () => {
		const cased = sqliteTable('cased', { id: integer().primaryKey(), fullName: text().notNull().unique() })
		const db = drizzle({ connection: { url: ':memory:' }, casing: 'snake_case' })
		await db.$client.execute('CREATE TABLE cased (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL UNIQUE)')
		const made = await db.transaction(async (tx) => await getOrCreate(tx, cased, { fullName: 'Ada' }))
		expect(made).toEqual({ row: { id: 1, fullName: 'Ada' }, created: true })
	})
})

describe('a database with read replicas', () => {
	it('is asked at its primary', async () => {
		const primary = drizzle(createClient({ url: ':memory:' }))
		await primary.$client.executeMultiple(await tablesSql())
		const db = withReplicas(primary, [drizzle(createClient({ url: ':memory:' }))])
		expect(await getOrCreate(db, tags, { slug: 'a' })).toMatchObject({ created: true })
		const found = await db.transaction(async (tx) => await getOrCreate(tx, tags, { slug: 'a' }))
		expect(found).toMatchObject({ created: false })
	})
})

describe('a database that is not over libSQL', () => {
	const d1 = drizzleD1({ prepare() {}, batch() {}, exec() {} } as never)
	const proxy = drizzleProxy(async () => ({ rows: [] }))

	it.each<[string, unknown]>([
		['D1', d1],
		['a proxy', proxy],
		['a client without Drizzle', createClient({ url: ':memory:' })],
		['a mock', drizzle.mock()],
		['nothing', undefined],
		['an object', {}],
	])('is refused with what it has to be: %s', async (_, db) => {
		const refused = getOrCreate(db as LibsqlDatabase, tags, { slug: 'a' })
		await expect(refused).rejects.toThrow(TypeError)
		await expect(refused).rejects.toThrow(/drizzle-orm\/libsql/)
	})

	it('is refused by its type, and every one of libSQL is taken', () => {
		const take = (db: LibsqlDatabase) => db
		type Schema = { tags: typeof tags }
		type Transaction<D extends { transaction: (work: never) => unknown }> = Parameters<
			Parameters<D['transaction']>[0]
		>[0]
		const every = (
			drizzles: ReturnType<
				| typeof drizzle
				| typeof drizzleHttp
				| typeof drizzleNode
				| typeof drizzleSqlite3
				| typeof drizzleWasm
				| typeof drizzleWeb
				| typeof drizzleWs
			>,
			typed: LibSQLDatabase<Schema>,
			tx: Transaction<LibSQLDatabase<Schema>>,
			nested: Transaction<Transaction<LibSQLDatabase<Schema>>>,
		) => [take(drizzles), take(typed), take(tx), take(nested)]
		const none = (
			ofD1: DrizzleD1Database<Schema>,
			ofD1Tx: Transaction<DrizzleD1Database<Schema>>,
			sync: BaseSQLiteDatabase<'sync', { changes: number }>,
			ofProxy: typeof proxy,
		) => [
			// @ts-expect-error
			take(ofD1),
			// @ts-expect-error
			take(ofD1Tx),
			// @ts-expect-error
			take(sync),
			// @ts-expect-error
			take(ofProxy),
			// @ts-expect-error
			take(createClient({ url: ':memory:' })),
		]
		expect([every, none]).toHaveLength(2)
	})
})
