import { env } from 'cloudflare:workers'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resource } from '../../../src/service/resource'
import { serve } from '../../support/app'
import { context } from '../../support/context'
import * as tables from '../../support/reference-tables'
import * as schema from '../../support/schema'
import { database, fresh } from '../../support/service'
import { counterexample, NO_TIMEOUT } from './run'

// Rows that hold rows, in an array and all or none, held against the same rows one by one. Each has a world of its own: its
// words begin with the world's name. Whatever has an id is told apart by the order in which the answers name it.

const GRAPHS: Record<string, Record<string, SQLiteTable>> = {
	'in a circle': { books: schema.books, authors: schema.authors, countries: schema.countries },
	'by text': { citizens: tables.citizens, towns: tables.towns, lands: tables.lands },
	'by nothing else': { chairs: tables.chairs, desks: tables.desks, firms: tables.firms },
	'with triggers': { stamps: tables.stamps, albums: tables.albums },
}
const app = serve(
	Object.values(GRAPHS).flatMap((graph) => Object.values(graph).map((table) => resource(table))),
)

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
type Row = { [column: string]: Json }

/** What stands for a word of the world, and for the id of the row that is there from the start. */
const word = (text: string) => ({ word: text })
const THERE = { there: true }

const few = (name: string) => fc.constantFrom(word(`${name}1`), word(`${name}2`), word(`${name}3`))
const record = (needed: Record<string, fc.Arbitrary<Json>>, more: Record<string, fc.Arbitrary<Json>>) =>
	fc.record({ ...needed, ...more }, { requiredKeys: Object.keys(needed) })
const id = fc.constantFrom<Json>(THERE, 99_999_999)
const orNull = (value: fc.Arbitrary<Json>) => fc.oneof({ arbitrary: value, weight: 5 }, fc.constant(null))

/** Rows of each table, which hold rows that hold rows. */
const rows = fc.letrec<Record<string, Json>>((tie) => {
	const held = (table: string, value: fc.Arbitrary<Json> = id) =>
		fc.oneof({ depthSize: 'small', withCrossShrink: true }, value, tie(table), tie(table), tie(table))
	const nocase = (name: string) =>
		fc.constantFrom(word(`${name}1`), word(`${name.toUpperCase()}1`), word(`${name}2`))
	return {
		countries: record({ code: few('c') }, { name: few('n') }),
		authors: record(
			{ email: few('e') },
			{ name: fc.oneof(few('n'), few('n'), fc.constant('')), countryId: orNull(held('countries')) },
		),
		books: record(
			{ title: few('t'), authorId: held('authors') },
			{
				editorId: orNull(held('authors')),
				sequelOf: held('books', fc.constant(THERE)),
				market: held('countries', few('c')),
				isbn: orNull(few('i')),
				pages: fc.constantFrom(0, 1, 2),
			},
		),
		lands: record({ code: nocase('l') }, { name: orNull(few('n')), rank: fc.constantFrom(1, 2) }),
		towns: record(
			{ name: few('t'), land: held('lands', nocase('l')) },
			{ size: fc.constantFrom(1, 2, null) },
		),
		citizens: record(
			{ handle: nocase('h') },
			{
				email: orNull(few('e')),
				townId: orNull(held('towns')),
				boss: held('citizens', nocase('h')),
				born: orNull(held('lands', nocase('l'))),
			},
		),
		firms: record({ word: few('f') }, { other: orNull(few('o')) }),
		desks: record({ firmId: held('firms'), word: few('d') }, { rivalId: orNull(held('firms')) }),
		chairs: record(
			{ deskId: held('desks'), word: few('c') },
			{ spareId: orNull(held('desks')), legs: fc.constantFrom(0, 3, 4) },
		),
		albums: record({ word: few('s') }, {}),
		stamps: record({ albumId: held('albums'), word: few('s') }, { worth: fc.constantFrom(0, 1, 2, 3) }),
	}
})

const POSTED = [
	'books?by=title,authorId',
	'books?by=title,authorId&by.authorId=email',
	'books?by=isbn&by.editorId=name',
	'books',
	'authors?by=email',
	'authors?by=name&by.countryId=code',
	'authors',
	'citizens?by=handle',
	'citizens?by=email',
	'citizens?by=handle,townId',
	'citizens?by=handle&by.boss=email',
	'citizens?by=handle&by.townId=name,land&by.townId.land=name',
	'citizens',
	'towns?by=name,land',
	'towns',
	'chairs?by=deskId,word',
	'chairs?by=deskId,word&by.deskId=firmId',
	'chairs?by=deskId,word&by.deskId=rivalId',
	'chairs?by=deskId,word&by.deskId.firmId=word',
	'desks?by=firmId',
	'desks?by=rivalId',
	'chairs',
	'desks',
	'stamps?by=albumId,word',
	'stamps',
]
const PUT = [
	...POSTED,
	'books?by=title,authorId&update=editorId',
	'books?by=title,authorId&add=pages',
	'books?by=isbn&max=pages',
	'citizens?by=handle&fill=townId',
	'citizens?by=handle&update=boss',
	'citizens?by=email&update=handle',
	'chairs?by=deskId,word&add=legs',
	'desks?by=firmId&update=rivalId',
	'stamps?by=albumId,word&add=worth',
]

interface History {
	method: 'POST' | 'PUT'
	path: string
	rows: Json[]
	atomic: boolean
	keyed: boolean
}

const histories = (graph: Record<string, SQLiteTable>): fc.Arbitrary<History> => {
	const within = (paths: string[]) => paths.filter((path) => tableOf(path) in graph)
	const asked = fc.oneof(
		fc.record({ method: fc.constant('POST' as const), path: fc.constantFrom(...within(POSTED)) }),
		fc.record({ method: fc.constant('PUT' as const), path: fc.constantFrom(...within(PUT)) }),
	)
	return asked.chain(({ method, path }) =>
		fc.record({
			method: fc.constant(method),
			path: fc.constant(path),
			// Of many they are not all sent by themselves where one was refused.
			rows: fc.oneof(
				{
					weight: 9,
					arbitrary: fc.array(rows[tableOf(path)] ?? fc.constant({}), { minLength: 1, maxLength: 7 }),
				},
				{
					weight: 1,
					arbitrary: fc.array(rows[tableOf(path)] ?? fc.constant({}), { minLength: 21, maxLength: 40 }),
				},
			),
			atomic: fc.boolean(),
			keyed: fc.boolean(),
		}),
	)
}

function tableOf(path: string): string {
	return path.split('?')[0] ?? ''
}

/** Rows as they are sent in a world. */
function inWorld(world: World, table: string, value: Json): Json {
	if (Array.isArray(value)) return value.map((each) => inWorld(world, table, each))
	if (typeof value !== 'object' || value === null) return value
	if (typeof value['word'] === 'string') return `${world.name} ${value['word']}`
	return Object.fromEntries(
		Object.entries(value).map(([column, each]) => {
			const referred = REFERRED[table]?.[column] ?? table
			const isThere = typeof each === 'object' && each !== null && 'there' in each
			return [column, isThere ? (world.there[referred] ?? null) : inWorld(world, referred, each)]
		}),
	)
}

/** The tables that columns refer to, and those of their columns that are ids. */
const REFERRED = Object.fromEntries(
	Object.values(GRAPHS)
		.flatMap((graph) => Object.entries(graph))
		.map(([name, table]): [string, Record<string, string>] => {
			const { foreignKeys } = getTableConfig(table)
			const properties = new Map(
				Object.entries(table).map(([property, column]) => [column as unknown, property]),
			)
			return [
				name,
				Object.fromEntries(
					foreignKeys.map((key) => {
						const { columns, foreignTable } = key.reference()
						return [properties.get(columns[0]) ?? '', getTableConfig(foreignTable).name]
					}),
				),
			]
		}),
)

interface World {
	name: string
	/** The id of a row of each table. */
	there: Record<string, number>
}

/** What is there from the start, each after what it refers to. */
const FIRST: Record<string, Row> = {
	countries: { code: word('c1') },
	authors: { email: word('e1'), name: word('n1'), countryId: THERE },
	books: { title: word('t1'), authorId: THERE },
	lands: { code: word('l1') },
	towns: { name: word('t1'), land: word('l1') },
	citizens: { handle: word('h1') },
	firms: { word: word('f1') },
	desks: { firmId: THERE, word: word('d1') },
	chairs: { deskId: THERE, word: word('c1') },
	albums: { word: word('s1') },
}

async function newWorld(graph: Record<string, SQLiteTable>): Promise<World> {
	const world: World = { name: fresh('w'), there: {} }
	for (const [table, row] of Object.entries(FIRST)) {
		if (!(table in graph)) continue
		const { body } = await send('POST', table, inWorld(world, table, row))
		const made = body as { row?: { id?: number } }
		world.there[table] = made.row?.id ?? 0
	}
	return world
}

async function send(
	method: string,
	path: string,
	json: Json,
	key?: string,
): Promise<{ status: number; body: Json }> {
	const headers = {
		authorization: 'Bearer first-token',
		'content-type': 'application/json',
		...(key === undefined ? {} : { 'idempotency-key': key }),
	}
	const response = await app.request(
		`/${path}`,
		{ method, headers, body: JSON.stringify(json) },
		env,
		context,
	)
	return { status: response.status, body: await response.json() }
}

/** Without the world's words, and with its ids as they are met. */
class Numbers {
	readonly #ids = new Map<string, number>()
	readonly #world: World

	constructor(world: World) {
		this.#world = world
		for (const [table, number] of Object.entries(world.there)) this.#of(table, number)
	}

	#of(table: string, number: number): number {
		const name = `${table} ${number}`
		const known = this.#ids.get(name) ?? this.#ids.size
		this.#ids.set(name, known)
		return known
	}

	item(table: string, value: Json): Json {
		if (typeof value === 'string') return value.replaceAll(`${this.#world.name} `, '')
		if (Array.isArray(value)) return value.map((each) => this.item(table, each))
		if (typeof value !== 'object' || value === null) return value
		return Object.fromEntries(
			Object.entries(value)
				.filter(([name]) => name !== 'requestId')
				.map(([name, each]) => {
					if (name === 'row') return [name, this.#row(table, each as Row)]
					if (name !== 'references') return [name, this.item(table, each)]
					const held = Object.entries(each as Row)
					return [
						name,
						Object.fromEntries(
							held.map(([column, of]) => [column, this.item(REFERRED[table]?.[column] ?? '', of)]),
						),
					]
				}),
		)
	}

	#row(table: string, row: Row): Row {
		return Object.fromEntries(
			Object.entries(row).map(([column, value]) => {
				const of = column === 'id' ? table : REFERRED[table]?.[column]
				if (of === undefined || typeof value !== 'number') return [column, this.item(table, value)]
				return [column, this.#of(of, value)]
			}),
		)
	}
}

/** What stands in the tables, by the words that rows have and not by their ids. */
async function stored(world: World, graph: Record<string, SQLiteTable>): Promise<string> {
	const texts = new Map<string, string>()
	const all = await Promise.all(
		Object.values(graph).map(async (table) => {
			const { name, columns } = getTableConfig(table)
			const words = columns.filter(
				({ dataType, columnType }) => dataType === 'string' || columnType.includes('Custom'),
			)
			const where = words.map((column) => `"${column.name}" LIKE ?`).join(' OR ')
			const { rows: found } = await database().$client.execute({
				sql: `SELECT * FROM "${name}" WHERE ${where}`,
				args: words.map(() => `${world.name} %`),
			})
			return { table, name, words, found }
		}),
	)
	for (const { name, words, found } of all) {
		for (const row of found) {
			texts.set(
				`${name} ${row['id']}`,
				JSON.stringify([name, ...words.map((column) => row[column.name] ?? null)]),
			)
		}
	}
	return all
		.flatMap(({ table, name, found }) =>
			found.map((row) => {
				const { foreignKeys } = getTableConfig(table)
				const cells = Object.entries(row).map(([column, value]) => {
					if (column === 'id' || typeof value !== 'number') return [column, column === 'id' ? '' : value]
					const key = foreignKeys.find((each) => each.reference().columns[0]?.name === column)
					const to = key && getTableConfig(key.reference().foreignTable).name
					return [column, to === undefined ? value : (texts.get(`${to} ${value}`) ?? 'none')]
				})
				return JSON.stringify([name, cells]).replaceAll(`${world.name} `, '')
			}),
		)
		.toSorted()
		.join('\n')
}

interface Item {
	row?: Row
	created?: boolean
	updated?: boolean
	references?: Record<string, Item>
	[name: string]: unknown
}

async function differenceOf(
	graph: Record<string, SQLiteTable>,
	{ method, path, rows: given, atomic, keyed }: History,
): Promise<string | undefined> {
	const table = tableOf(path)
	const [together, single] = [await newWorld(graph), await newWorld(graph)]
	const key = keyed ? fresh('k') : undefined
	const mode = atomic ? `${path.includes('?') ? '&' : '?'}atomic=true` : ''
	const before = await stored(together, graph)
	const asked = inWorld(together, table, given)
	const array = await send(method, `${path}${mode}`, asked, key)
	const alone: Json[] = []
	for (const row of given) {
		const { status, body } = await send(method, path, inWorld(single, table, row))
		alone.push(status < 300 ? body : { problem: body })
	}
	const expected = new Numbers(single).item(table, alone) as Json[]
	const of = new Numbers(together)
	const told = (what: string) =>
		`${what}\n${method} ${path}${mode} ${JSON.stringify(given)}\ntogether: ${array.status} ${JSON.stringify(of.item(table, array.body))}\nsingly:   ${JSON.stringify(expected)}`
	if (array.status >= 500) return told('failed')
	const refused = expected.flatMap((each, index) =>
		'row' in (each as Item) ? [] : [{ index, ...(each as Item) }],
	)
	if (atomic && refused.length > 0) {
		if ((await stored(together, graph)) !== before) return told('something was written')
		const body = of.item(table, array.body) as unknown as { refused?: { index: number }[] }
		if (!body.refused) return Array.isArray(array.body) ? told('done') : told('not refused')
		const places = new Set(body.refused.map(({ index }) => index))
		const same = refused.filter(({ index }) => places.has(index))
		const isTrue = places.size > 0 && JSON.stringify(body.refused) === JSON.stringify(same)
		return isTrue ? undefined : told('refused otherwise')
	}
	if (!Array.isArray(array.body)) return told('refused as a whole')
	if (JSON.stringify(of.item(table, array.body)) !== JSON.stringify(expected))
		return told('answered otherwise')
	const [left, right] = [await stored(together, graph), await stored(single, graph)]
	if (left !== right) return told(`stored otherwise:\n${left}\n--\n${right}\n`)
	if (key === undefined) return undefined
	const again = await send(method, `${path}${mode}`, asked, key)
	const done = (answer: Json) =>
		JSON.stringify(
			(answer as Item[]).map((each, place) => ('row' in (expected[place] as Item) ? wordsOf(each) : '')),
		)
	if (!Array.isArray(again.body) || done(again.body) !== done(array.body)) {
		return told(`repeated otherwise: ${JSON.stringify(again.body)}`)
	}
	if (refused.length === 0 && (await stored(together, graph)) !== left) return told('done twice')
	return undefined
}

/** What a row and those that it holds were told to be. */
function wordsOf({ created, updated, references = {} }: Item): Json {
	return [
		created ?? 'refused',
		updated ?? null,
		...Object.entries(references).map(([column, held]) => [column, wordsOf(held)]),
	]
}

describe('rows that hold rows', () => {
	it.each(Object.entries(GRAPHS))(
		'%s are in an array what they are one by one',
		{ timeout: NO_TIMEOUT },
		async (_, graph) => {
			expect(await counterexample(histories(graph), 0.08, (history) => differenceOf(graph, history))).toBe('')
		},
	)
})
