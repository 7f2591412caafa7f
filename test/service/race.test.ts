import { env } from 'cloudflare:workers'
import { describe, expect, inject, it } from 'vitest'
import { keyOf, rowOf, runnersOf } from '../../src/browser/runners'
import { resources } from '../../src/resources'
import { openApiDocument } from '../../src/service/openapi'
import type { RaceTable } from '../../src/service/pages/race-table'
import { raceTables } from '../../src/service/pages/race-tables'
import { resource } from '../../src/service/resource'
import { serve } from '../support/app'
import { askApp } from '../support/ask'
import { context } from '../support/context'
import { served as examples } from '../support/example-service'
import { realKinds } from '../support/real-tables'
import * as schema from '../support/schema'
import { namedTable } from '../support/table-names'

const CALLERS = 12

function servable(tables: Parameters<typeof resource>[0][]) {
	return tables.flatMap((table) => {
		try {
			return [resource(table)]
		} catch {
			return []
		}
	})
}

const own = [...resources, ...servable(Object.values(schema))]
const app = serve(own)

describe('the rows of /race', () => {
	const { raced, left } = raceTables(own)

	it.each(raced)(
		'of $name: one of many callers makes it, and a new one is made by each press',
		async (table) => {
			for (const press of [1, 2]) {
				const { rows, asks } = runnersOf(table, CALLERS, 'one')
				const answers = await Promise.all(
					asks.map(async (row) => {
						const path = `${table.path}?by=${table.by.map(encodeURIComponent).join()}`
						return await askApp(app, 'POST', path, { body: JSON.stringify(rows[row]) })
					}),
				)
				const statuses = answers.map(({ status }) => status).toSorted((a, b) => b - a)
				expect([press, ...statuses]).toEqual([press, 201, ...Array.from({ length: CALLERS - 1 }, () => 200)])
				const found = await askApp(app, 'GET', `${table.path}?${keyOf(table, rows[0] ?? {})}`)
				expect(found.status).toBe(200)
			}
		},
	)

	it('are of every table of this service', () => {
		expect(raced.map(({ name }) => name)).toEqual(
			expect.arrayContaining(['users', 'accounts', 'memberships']),
		)
	})

	it('are not to be had where they would need other rows, or too few values are to be had, and it says so', () => {
		const all = raceTables([...examples, ...servable(realKinds.map((kind) => kind.table(kind.name)))])
		expect(all.raced.length).toBeGreaterThan(all.left.length)
		for (const { why } of [...left, ...all.left]) {
			expect(why).toMatch(/^(its ".+" names a row|too few values are known of its key|nobody can guess)/)
		}
		expect(all.left.find(({ name }) => name === 'moods')?.why).toMatch(/^nobody can guess/)
	})

	it('are what the OpenAPI document says that a row is, and those of two seeds share no key', () => {
		const { raced: all } = raceTables(examples)
		const document = openApiDocument(examples)
		for (const table of all) {
			const properties = propertiesOf(document, table)
			expect(Object.keys(table.row).filter((property) => !properties.includes(property))).toEqual([])
			expect(keyOf(table, rowOf(table, 2 ** 30))).not.toBe(keyOf(table, rowOf(table, 2 ** 30 + 1)))
		}
	})
})

function propertiesOf({ paths }: ReturnType<typeof openApiDocument>, { path }: RaceTable): string[] {
	const body = paths[path]?.post?.requestBody?.content['application/json']
	return Object.keys(body?.schema.properties ?? {})
}

describe('few rows and rows of their own', () => {
	const [table] = raceTables(resources).raced
	if (!table) throw new Error('there is no table to race')

	it('are asked for by as many callers as there are', () => {
		for (const [kind, callers, count] of [
			['few', 25, 10],
			['few', 3, 3],
			['new', 25, 25],
			['one', 25, 1],
		] as const) {
			const { rows, asks } = runnersOf(table, callers, kind)
			expect([rows.length, asks.length, new Set(asks).size]).toEqual([count, callers, count])
			expect(new Set(rows.map((row) => keyOf(table, row))).size).toBe(count)
		}
	})
})

describe('/race', () => {
	const visit = async (RACE_PAGE: unknown, path = '/race', method = 'GET') => {
		const headers = { accept: 'text/html' }
		return await serve(resources).request(path, { method, headers }, { ...env, RACE_PAGE }, context)
	}
	const slugOf = async (answer: Response) => [answer.status, Reflect.get(Object(await answer.json()), 'type')]

	it.each(['', 'off', false, undefined])('is not there where RACE_PAGE is %j', async (setting) => {
		for (const method of ['GET', 'POST']) {
			expect(await slugOf(await visit(setting, '/race', method))).toEqual([404, '/problems/not-found'])
		}
	})

	it.each(['on', 'true', true])(
		'is there where it is %j, with no token in it and nothing to race with',
		async (setting) => {
			const page = await visit(setting)
			expect(page.status).toBe(200)
			expect(page.headers.get('content-security-policy')).toMatch(/connect-src 'self'(;|$)/)
			const text = await page.text()
			expect(text).toContain('name="token"')
			expect(text).not.toMatch(/first-token|second-token|dev-token|data-beside|data-hosts/)
			const [, name = ''] = /<script src="([^"]+)">/.exec(text) ?? []
			const script = await visit(setting, name)
			expect([script.status, script.headers.get('cache-control')]).toEqual([
				200,
				'public, max-age=31536000, immutable',
			])
			expect((await visit(setting, '/race', 'POST')).status).toBe(405)
			expect((await visit(setting, '/race/select-then-insert/ask', 'POST')).status).toBe(404)
		},
	)

	it('has nothing that is neither on nor off', async () => {
		expect(await slugOf(await visit('perhaps'))).toEqual([500, '/problems/misconfigured'])
	})

	it('leaves its name to a table', async () => {
		const { status } = await serve([resource(namedTable('race'))]).request(
			'/race',
			{},
			{ ...env, RACE_PAGE: 'on' },
			context,
		)
		expect(status).toBe(401)
	})

	it('has nothing of what it is raced with in what is deployed', () => {
		expect(inject('bundle')).toContain('race/race.js')
		expect(inject('bundle')).not.toMatch(/select-then-insert|race\.localhost|RACE_DATABASE_URL/)
	})
})
