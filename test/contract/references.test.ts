import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/client'
import { getOrCreate, getOrCreateMany, reference, updateOrCreateMany } from '../../src/get-or-create'
import { createService } from '../../src/service'
import { resource } from '../../src/service/resource'
import { serve } from '../support/app'
import { linesOf, type Sent } from '../support/ask'
import { context } from '../support/context'
import { answerOf, Document } from '../support/document'
import * as schema from '../support/schema'
import { database, fresh } from '../support/service'

const resources = [
	resource(schema.books),
	resource(schema.authors, { hidden: ['secret'] }),
	resource(schema.countries),
]
const app = serve(resources)
const document = new Document(resources)

/** In one isolate, which remembers what it knows of the tables. */
async function send(method: string, path: string, body: string, { type, idempotencyKey }: Sent = {}) {
	const headers = {
		authorization: 'Bearer first-token',
		'content-type': type ?? 'application/json',
		...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
	}
	return await app.request(path, { method, headers, body }, env, context)
}

async function ask(method: string, path: string, json: unknown, sent: Sent = {}) {
	const answer = await answerOf(await send(method, path, JSON.stringify(json), sent))
	document.check(method, path, answer)
	const { status, headers, text } = answer
	return { status, body: JSON.parse(text), replayed: headers.get('idempotency-replayed') }
}
const author = (more: object = {}) => ({ email: fresh('a'), name: fresh('A'), ...more })
const country = () => ({ code: fresh('c'), name: 'C' })
const BY = '/books?by=title,authorId&by.authorId=email'

async function count(table: string, column: string, value: string): Promise<number> {
	const { rows } = await database().$client.execute({
		sql: `SELECT count(*) AS n FROM ${table} WHERE ${column} = ?`,
		args: [value],
	})
	return Number(rows[0]?.n)
}

describe('a row that holds another', () => {
	it('makes both, then finds both', async () => {
		const [title, own] = [fresh('t'), author()]
		const first = await ask('POST', BY, { title, authorId: own })
		const { id } = first.body.references.authorId.row
		expect(first).toMatchObject({
			status: 201,
			body: {
				row: { title, authorId: id, editorId: null },
				created: true,
				references: { authorId: { row: { ...own, id, countryId: null, firstBookId: null }, created: true } },
			},
		})
		expect(first.body.references.authorId.row).not.toHaveProperty('secret')
		const again = await ask('POST', BY, { title, authorId: { ...own, name: fresh('other') } })
		expect(again).toEqual({
			status: 200,
			replayed: null,
			body: {
				row: first.body.row,
				created: false,
				references: { authorId: { row: first.body.references.authorId.row, created: false } },
			},
		})
		const put = await ask('PUT', BY, { title, authorId: { email: own.email, name: 'x' }, pages: 7 })
		expect(put.body).toMatchObject({
			row: { pages: 7, authorId: id },
			created: false,
			updated: true,
			references: { authorId: { row: own, created: false } },
		})
	})

	it('goes three tables deep, twice in a row, to its own table, and by another key than the id', async () => {
		const [a, c] = [author(), country()]
		const made = await ask('POST', '/books?by=title,authorId&by.authorId=email&by.authorId.countryId=code', {
			title: fresh('t'),
			authorId: { ...a, countryId: c },
			editorId: author({ countryId: c }),
			market: c,
			sequelOf: { title: fresh('t'), authorId: a },
		})
		expect(made.status).toBe(201)
		const { row, references } = made.body
		expect(references.authorId).toMatchObject({
			created: true,
			references: { countryId: { created: true, row: c } },
		})
		expect(references.editorId).toMatchObject({
			created: true,
			references: { countryId: { created: false, row: c } },
		})
		expect(references.market).toMatchObject({ created: false, row: c })
		expect(references.sequelOf).toMatchObject({
			created: true,
			references: { authorId: { created: false, row: a } },
		})
		expect(row).toMatchObject({
			authorId: references.authorId.row.id,
			editorId: references.editorId.row.id,
			market: c.code,
			sequelOf: references.sequelOf.row.id,
		})
	})

	it('writes neither where one is refused, and points at the place', async () => {
		const [a, title] = [author(), fresh('t')]
		const badChild = await ask('POST', BY, { title, authorId: a, pages: 0 })
		expect(badChild).toMatchObject({
			status: 422,
			body: { errors: [{ pointer: '', detail: 'breaks the rule "pages must be positive"' }] },
		})
		expect(await count('authors', 'email', a.email)).toBe(0)
		const email = fresh('e')
		const badParent = await ask('POST', BY, { title, authorId: { email, name: '' } })
		expect(badParent).toMatchObject({
			status: 422,
			body: { errors: [{ pointer: '/authorId', detail: 'breaks the rule "name must not be empty"' }] },
		})
		const faults = await ask('POST', BY, {
			titel: 1,
			authorId: { email: 5, nmae: 'x', secret: 's', countryId: { code: fresh('x').repeat(9) } },
		})
		expect(faults.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
			'/authorId/countryId/code',
			'/authorId/email',
			'/authorId/name',
			'/authorId/nmae',
			'/authorId/secret',
			'/titel',
			'/title',
		])
		await ask('POST', BY, { title, authorId: a })
		const conflict = await ask('POST', BY, { title: fresh('t'), authorId: { email, name: a.name } })
		expect(conflict).toMatchObject({
			status: 409,
			body: { conflicts: [{ key: ['name'], differs: ['email'] }] },
		})
		expect(conflict.body.detail).toContain('/authorId')
		expect(await count('authors', 'email', email)).toBe(0)
		expect(await ask('POST', BY, { title, authorId: { name: fresh('n') } })).toMatchObject({
			status: 422,
			body: { errors: [{ pointer: '/authorId/email' }] },
		})
	})
})

type Told = { row: Record<string, unknown>; created: boolean; references?: Record<string, Told> } & {
	problem?: unknown
	updated?: boolean
}

describe('rows that hold others', () => {
	it('are answered in order, and twins of what they hold are made once', async () => {
		const authors = Array.from({ length: 10 }, () => author())
		const rows = Array.from({ length: 120 }, (_, i) => ({ title: fresh('t'), authorId: authors[i % 10] }))
		const { body } = await ask('POST', BY, rows)
		expect(body.map(({ created }: Told) => created)).toEqual(rows.map(() => true))
		expect(body.map(({ references }: Told) => references?.authorId?.created)).toEqual(
			rows.map((_, i) => i < 10),
		)
		const text = rows.map((row) => JSON.stringify(row)).join('\n')
		const lines = await send('POST', BY, text, { type: 'application/x-ndjson' })
		const again = await linesOf(lines)
		expect(again).toEqual(
			body.map(({ row, references }: Told) => ({
				row,
				created: false,
				references: { authorId: { row: references?.authorId?.row, created: false } },
			})),
		)
	})

	it('are all done or none where they are atomic', async () => {
		const [a, b] = [author(), author()]
		const rows = [
			{ title: fresh('t'), authorId: a },
			{ title: fresh('t'), authorId: b, pages: 0 },
			{ title: fresh('t'), authorId: { ...a, email: fresh('e') } },
			// That name is nobody's: the row that was given to hold its holder is refused.
			{ title: fresh('t'), authorId: { ...b, email: fresh('e') } },
		]
		const refused = await ask('POST', `${BY}&atomic=true`, rows)
		expect(refused).toMatchObject({ status: 422, body: { type: '/problems/batch-refused' } })
		expect(refused.body.refused).toMatchObject([
			{ index: 1, problem: { status: 422 } },
			{ index: 2, problem: { status: 409, conflicts: [{ key: ['name'], differs: ['email'] }] } },
		])
		expect(await count('authors', 'email', a.email)).toBe(0)
		const done = await ask('POST', `${BY}&atomic=true`, [rows[0], rows[0]])
		expect(done.body.map(({ created }: Told) => created)).toEqual([true, false])
	})

	it('tell under a key what was done the first time, of what they hold too', async () => {
		const [a, title, key] = [author(), fresh('t'), fresh('k')]
		const sent = { title, authorId: a }
		const first = await ask('POST', BY, sent, { idempotencyKey: key })
		expect(await ask('POST', BY, sent, { idempotencyKey: key })).toEqual({ ...first, replayed: 'true' })
		// The same key on the other table is another.
		expect(await ask('POST', '/authors?by=email', a, { idempotencyKey: key })).toMatchObject({
			status: 200,
			replayed: null,
		})
		const others = [
			{ title, authorId: { ...a, name: fresh('other') } },
			{ title, authorId: first.body.row.authorId },
			{ title, authorId: { ...a, countryId: null } },
		]
		for (const other of others) {
			expect(await ask('POST', BY, other, { idempotencyKey: key })).toMatchObject({
				status: 422,
				body: { type: '/problems/idempotency-mismatch' },
			})
		}
		await ask('PUT', '/authors?by=name&update=email', { name: a.name, email: fresh('moved') })
		expect(await ask('POST', BY, sent, { idempotencyKey: key })).toMatchObject({
			status: 201,
			replayed: 'true',
			body: { row: first.body.row, references: { authorId: { created: true, row: { name: a.name } } } },
		})
		await ask('PUT', '/authors?by=name&update=email', { name: a.name, email: a.email })
		const refused = [{ title: fresh('t'), authorId: author(), pages: 0 }, sent]
		const [one, two] = [fresh('k'), fresh('k')]
		const array = await ask('POST', BY, refused, { idempotencyKey: one })
		expect(array.body).toMatchObject([{ problem: { status: 422 } }, { created: false }])
		expect(
			(await ask('POST', BY, refused, { idempotencyKey: one })).body.map((each: Told) => each.created),
		).toEqual([undefined, false])
		const conflicting = { title: fresh('t'), authorId: { email: fresh('e'), name: a.name } }
		for (const replayed of [null, null]) {
			expect(await ask('POST', BY, conflicting, { idempotencyKey: two })).toMatchObject({
				status: 409,
				replayed,
			})
		}
	})

	it('refuse a by.x that leads to no reference, or that can decide no race', async () => {
		const row = { title: fresh('t'), authorId: author() }
		for (const query of [
			'by.title=x',
			'by.author=email',
			'by.authorId.email=x',
			'by.authorId=secret',
			'by.=x',
			'by.id=id',
		]) {
			expect(await ask('POST', `/books?${query}`, row)).toMatchObject({
				status: 422,
				body: { type: '/problems/invalid-parameter' },
			})
		}
		expect(await ask('POST', '/books?by.authorId=countryId', row)).toMatchObject({
			status: 422,
			body: { type: '/problems/not-a-unique-key', keys: [['id'], ['email'], ['name']] },
		})
		expect(
			await ask('POST', '/books?by=title,authorId', { title: 'x', authorId: { countryId: 1 } }),
		).toMatchObject({
			status: 422,
			body: {
				type: '/problems/not-a-unique-key',
				detail: 'The row at /authorId must contain a unique key of authors: id or email or name.',
			},
		})
		const faulty = { title: 'x', authorId: { emial: 'e', countryId: { code: null } } }
		expect(await ask('POST', '/books?by=title,authorId', faulty)).toMatchObject({
			status: 422,
			body: { errors: [{ pointer: '/authorId/emial' }, { pointer: '/authorId/countryId/code' }] },
		})
		for (const query of [
			'by.authorId=email,name',
			'by.authorId=email&by.authorId=name',
			'by.authorId[]=email&by.authorId[]=name',
		]) {
			expect(await ask('POST', `/books?by=title&by=authorId&${query}`, row)).toMatchObject({
				body: { references: { authorId: {} } },
			})
		}
		let deep: object = { title: fresh('t'), authorId: author() }
		for (let depth = 0; depth < 2000; depth++) deep = { title: fresh('t'), authorId: 1, sequelOf: deep }
		const { status, body } = await ask('POST', '/books?by=title,authorId', deep)
		expect([status, body.errors]).toMatchObject([422, [{ pointer: '/sequelOf'.repeat(9) }]])
	})

	it('make one of each where 200 callers race with crossed rows, and tell one creator of each', async () => {
		const authors = Array.from({ length: 5 }, () => author())
		const titles = Array.from({ length: 4 }, () => fresh('t'))
		const told = await Promise.all(
			Array.from({ length: 200 }, async (_, i) => {
				const [a, title] = [authors[i % 5], titles[Math.floor(i / 5) % 4]]
				const isOther = i % 3 === 0
				const path = isOther
					? '/authors?by=email&by.firstBookId=title,authorId&by.firstBookId.authorId=email'
					: BY
				const other = authors[(i + 1) % 5]
				const row = isOther ? { ...a, firstBookId: { title, authorId: other } } : { title, authorId: a }
				return [isOther, await ask(i % 2 ? 'POST' : 'PUT', path, row)] as const
			}),
		)
		const created = new Map<string, number>()
		const tell = (table: string, { row, created: isMade, references }: Told) => {
			const name = `${table} ${String(row.id)}`
			created.set(name, (created.get(name) ?? 0) + Number(isMade))
			for (const [column, held] of Object.entries(references ?? {}))
				tell(column === 'authorId' ? 'author' : 'book', held)
		}
		for (const [isOther, { status, body }] of told) {
			expect([200, 201]).toContain(status)
			tell(isOther ? 'author' : 'book', body)
		}
		expect(new Set(created.values())).toEqual(new Set([1]))
		for (const { email } of authors) expect(await count('authors', 'email', email)).toBe(1)
	})

	it('harm nobody who shares their transaction', async () => {
		const told = await Promise.all(
			Array.from({ length: 60 }, async (_, i) =>
				i % 2
					? await ask('POST', BY, { title: fresh('t'), authorId: author(), pages: 0 })
					: await ask('POST', '/countries?by=code', country()),
			),
		)
		expect(told.map(({ status }) => status)).toEqual(told.map((_, i) => (i % 2 ? 422 : 201)))
	})
})

describe('over RPC and in the client', () => {
	it('a row holds others as plain objects', async () => {
		const { Entrypoint } = createService({ resources })
		const rows = new Entrypoint(createExecutionContext(), env)
		const [a, c, title] = [author(), country(), fresh('t')]
		const row = { title, authorId: { ...a, countryId: c } }
		const by = {
			by: ['title', 'authorId'],
			'by.authorId': ['email'],
			'by.authorId.countryId': ['code'],
		} as const
		const made = await rows.getOrCreate('books', row, by)
		expect(made).toMatchObject({
			created: true,
			references: {
				authorId: { created: true, row: a, references: { countryId: { created: true, row: c } } },
			},
		})
		expect(made.references?.['authorId']?.row).not.toHaveProperty('secret')
		const client = createClient<typeof resources>({
			url: 'http://service.test',
			token: 'first-token',
			fetch: async (request: Request) => await app.fetch(request, env, context),
		})
		const found = await client.books.getOrCreate(row, by)
		expect(found).toMatchObject({ created: false, references: { authorId: { created: false, row: a } } })
		const [updated] = await rows.updateOrCreateMany('books', [{ ...row, pages: 4 }], by)
		expect(updated).toMatchObject({
			updated: true,
			row: { pages: 4 },
			references: { authorId: { created: false } },
		})
		await expect(rows.getOrCreate('books', row, { 'by.title': ['id'] })).rejects.toThrow('by.title')
	})
})

describe('in TypeScript', () => {
	it("what a refused row was to hold is in nobody's way, all or none", async () => {
		const db = database()
		const a = author()
		const book = (email: string, pages: number) => ({
			title: fresh('t'),
			authorId: reference(schema.authors, { ...a, email }, { by: ['email'] }),
			pages,
		})
		const rows = [book(a.email, 0), book(fresh('e'), 1), book(fresh('e'), 1)]
		const options = { by: ['title', 'authorId'], atomic: true } as const
		const refused = { refused: [{ index: 0 }, { index: 2, error: { name: 'ConflictError' } }] }
		await expect(getOrCreateMany(db, schema.books, rows, options)).rejects.toMatchObject(refused)
		await db.transaction(async (tx) => {
			await expect(getOrCreateMany(tx, schema.books, rows, options)).rejects.toMatchObject(refused)
		})
		expect(await count('authors', 'name', a.name)).toBe(0)
	})

	it('a row holds references, and the types follow', async () => {
		const db = database()
		const [c, a] = [country(), author()]
		const held = reference(
			schema.authors,
			{ ...a, countryId: reference(schema.countries, c) },
			{ by: ['email'] },
		)
		const title = fresh('t')
		const { row, created, references } = await getOrCreate(
			db,
			schema.books,
			{ title, authorId: held },
			{ by: ['title', 'authorId'] },
		)
		const typed: { id: number; email: string } = references.authorId.row
		const deep: string = references.authorId.references.countryId.row.code
		expect([created, row.authorId, deep, references.authorId.created]).toEqual([true, typed.id, c.code, true])
		const plain = await getOrCreate(db, schema.countries, c)
		const none: undefined = plain.references
		expect(none).toBe(undefined)
		const results = await updateOrCreateMany(
			db,
			schema.books,
			[
				{ title, authorId: held, pages: 3 },
				{ title, authorId: held, pages: 0 },
			],
			{ by: ['title', 'authorId'] },
		)
		expect(results).toMatchObject([
			{ row: { pages: 3 }, updated: true, references: { authorId: { created: false } } },
			{ error: { name: 'InvalidRowError' } },
		])
		const wrong = async () => {
			// @ts-expect-error: no such column
			await getOrCreate(db, schema.books, { title, authorId: held, oops: 1 })
			// @ts-expect-error: no such column
			reference(schema.authors, { ...a, oops: 1 })
			// @ts-expect-error: a column that is needed
			reference(schema.authors, { email: 'a' })
		}
		expect(wrong).toBeInstanceOf(Function)
		await expect(
			getOrCreate(db, schema.books, { title: reference(schema.countries, c), authorId: 1 }),
		).rejects.toThrow('does not refer')
		await db.transaction(async (tx) => {
			const inside = await getOrCreate(
				tx,
				schema.books,
				{ title: fresh('t'), authorId: held },
				{ by: ['title', 'authorId'] },
			)
			expect([inside.created, inside.references.authorId.created]).toEqual([true, false])
		})
	})
})
