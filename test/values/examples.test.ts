import { createClient } from '@libsql/client/http'
import { sql } from 'drizzle-orm'
import {
	blob,
	customType,
	integer,
	numeric,
	primaryKey,
	real,
	sqliteTable,
	text,
} from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { createApp } from '../../src/app'
import { openApiDocument } from '../../src/http/openapi'
import type { Media } from '../../src/http/openapi/operation'
import { resource } from '../../src/http/resource'
import { realSubjects } from '../beside-drizzle/real-subjects'
import { tableSql } from '../beside-drizzle/stored'
import { askApp, linesOf } from '../support/ask'
import { stamped, valueTables } from './support/tables'

const vector = customType<{ data: number[]; driverData: Uint8Array }>({
	dataType: () => 'F32_BLOB(3)',
	toDriver: (value) => sql`vector32(${JSON.stringify(value)})`,
	fromDriver: (value) => Array.from(new Float32Array(Uint8Array.from(value).buffer)),
})
const day = customType<{ data: Date; driverData: string }>({
	dataType: () => 'date',
	toDriver: (value) => value.toISOString().slice(0, 10),
	fromDriver: (value) => new Date(value),
})

/** Tables for which it is hard to make up rows. */
const awkward = [
	sqliteTable('one_letter', { id: integer().primaryKey(), initial: text({ length: 1 }).notNull().unique() }),
	sqliteTable('one_choice', { choice: text({ enum: ['only'] }).primaryKey(), note: text() }),
	sqliteTable('yes_or_no', {
		answer: integer({ mode: 'boolean' }).notNull().unique(),
		note: text().default('-'),
	}),
	sqliteTable('made_up', {
		id: text()
			.primaryKey()
			.$defaultFn(() => crypto.randomUUID()),
		slug: text({ length: 3 }).notNull().unique(),
		at: integer({ mode: 'timestamp' }).notNull().default(sql`(unixepoch())`),
		kind: text({ enum: ['a', 'b'] }).default('b'),
	}),
	sqliteTable('vectors', {
		id: integer().primaryKey(),
		slug: text().notNull().unique(),
		near: vector().notNull(),
	}),
	sqliteTable('days', { day: day().primaryKey(), price: numeric().notNull(), size: real().notNull() }),
	sqliteTable(
		'mixed_key',
		{
			big: blob({ mode: 'bigint' }).notNull(),
			hash: blob({ mode: 'buffer' }).notNull(),
			at: integer({ mode: 'timestamp_ms' }).notNull(),
			upper: text().generatedAlwaysAs(sql`hex(hash)`),
		},
		(table) => [primaryKey({ columns: [table.big, table.hash, table.at] })],
	),
	sqliteTable('odd_names', {
		['__proto__']: text().primaryKey(),
		constructor: text().notNull().unique(),
		valueOf: text().notNull().unique(),
		toString: integer().notNull(),
		hasOwnProperty: text().default('x'),
	}),
]

const SETTINGS = { TURSO_DATABASE_URL: inject('besideDrizzleUrl') }
const client = createClient({ url: inject('besideDrizzleUrl') })

beforeAll(async () => {
	await client.batch(
		[
			'CREATE TABLE one_letter (id INTEGER PRIMARY KEY, initial TEXT NOT NULL UNIQUE)',
			'CREATE TABLE one_choice (choice TEXT PRIMARY KEY NOT NULL, note TEXT)',
			`CREATE TABLE yes_or_no (answer INTEGER NOT NULL UNIQUE, note TEXT DEFAULT '-')`,
			`CREATE TABLE made_up (id TEXT PRIMARY KEY NOT NULL, slug TEXT NOT NULL UNIQUE, at INTEGER NOT NULL DEFAULT (unixepoch()), kind TEXT DEFAULT 'b')`,
			'CREATE TABLE vectors (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, near F32_BLOB(3) NOT NULL)',
			'CREATE TABLE days (day DATE PRIMARY KEY NOT NULL, price NUMERIC NOT NULL, size REAL NOT NULL)',
			`CREATE TABLE mixed_key (big BLOB NOT NULL, hash BLOB NOT NULL, at INTEGER NOT NULL, upper TEXT GENERATED ALWAYS AS (hex(hash)) VIRTUAL, PRIMARY KEY (big, hash, at))`,
			`CREATE TABLE odd_names (__proto__ TEXT PRIMARY KEY NOT NULL, constructor TEXT NOT NULL UNIQUE, valueOf TEXT NOT NULL UNIQUE, toString INTEGER NOT NULL, hasOwnProperty TEXT DEFAULT 'x')`,
		],
		'write',
	)
})

/** The database's own default of this one can't be read. */
const readable = Object.values(valueTables).filter((table) => table !== stamped)
const tables = [...awkward, ...readable, ...realSubjects.map(({ served }) => served)].map((table) =>
	resource(table),
)

describe.each(tables)('the examples of $name', (served) => {
	const app = createApp([served])
	const { paths } = openApiDocument([served])
	const [path = '', onePath] = Object.keys(paths).filter(
		(each) => paths[each] && !/^\/(healthz|openapi.json|docs|problems)/.test(each),
	)
	const operation = (method: 'get' | 'post' | 'put', of = path) => {
		const found = paths[of]?.[method]
		if (!found) throw new Error(`no ${method} ${of}`)
		return found
	}
	const send = async (method: string, to: string, body?: string, type?: string) =>
		await askApp(app, method, to, { body, ...(type === undefined ? {} : { type }) }, SETTINGS)
	const exampleOf = (media: Media | undefined, name: string) => media?.examples?.[name]?.value

	const isAwkward = awkward.some((table) => table === served.table)
	it.each(isAwkward ? (['post', 'put'] as const) : [])(
		'can be sent as they are, with %s, and are answered so',
		async (method) => {
			const { requestBody, responses } = operation(method)
			const json = requestBody?.content['application/json']
			const row = exampleOf(json, 'row')
			const made = responses[201]?.content?.['application/json']?.example
			await client.execute(`DELETE FROM ${tableSql(served.table)}`)
			const first = await send(method.toUpperCase(), path, JSON.stringify(row))
			expect([first.status, await first.json()]).toEqual([201, answerLike(made, row)])
			const again = await send(method.toUpperCase(), path, JSON.stringify(row))
			const found = exampleOf(responses[200]?.content?.['application/json'], 'row')
			expect([again.status, await again.json()]).toEqual([200, answerLike(found, row)])
			const rows = exampleOf(json, 'rows') as object[]
			const results = exampleOf(responses[200]?.content?.['application/json'], 'rows') as object[]
			const all = results.map((result, place) => answerLike(result, rows[place]))
			expect(await (await send(method.toUpperCase(), path, JSON.stringify(rows))).json()).toEqual(all)
			await client.execute(`DELETE FROM ${tableSql(served.table)}`)
			await send(method.toUpperCase(), path, JSON.stringify(row))
			const lines = String(requestBody?.content['application/x-ndjson']?.example)
			expect(await linesOf(await send(method.toUpperCase(), path, lines, 'application/x-ndjson'))).toEqual(
				all,
			)
		},
	)

	it('find the row of the one that was sent', async () => {
		await client.execute(`DELETE FROM ${tableSql(served.table)}`)
		const row = exampleOf(operation('post').requestBody?.content['application/json'], 'row')
		const sent = await send('POST', path, JSON.stringify(row))
		const made = await sent.json<{ row: object }>()
		const told = operation('post').responses[201]?.content?.['application/json']?.example
		expect([sent.status, made]).toEqual([201, answerLike(told, row)])
		const filter = (operation('get').parameters ?? []).flatMap(({ name, example }) =>
			example === undefined ? [] : [[name, typeof example === 'string' ? example : JSON.stringify(example)]],
		)
		const found = await send('GET', `${path}?${new URLSearchParams(filter)}`)
		expect([found.status, await found.json()]).toEqual([200, made.row])
		const id = onePath === undefined ? undefined : operation('get', onePath).parameters?.[0]?.example
		if (id === undefined) return
		const spelled = typeof id === 'string' ? id : JSON.stringify(id)
		const isComposite = served.info.primaryKey?.columns.length !== 1
		const read = await send('GET', `${path}/${isComposite ? spelled : encodeURIComponent(spelled)}`)
		expect([read.status, await read.json()]).toEqual([200, made.row])
	})
})

/** An answer like the example: what was sent is as it was sent, and the rest is of the same types. */
function answerLike(example: unknown, sent: unknown): unknown {
	const { row, ...told } = example as { row: Record<string, unknown> }
	const something: unknown = expect.anything()
	const columns = Object.entries(row).map(([property, value]) => [
		property,
		value === null || Object.hasOwn(sent as object, property) ? value : something,
	])
	return { ...told, row: Object.fromEntries(columns) }
}
