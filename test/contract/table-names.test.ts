import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { openApiDocument } from '../../src/service/openapi'
import { resource } from '../../src/service/resource'
import { serve } from '../support/app'
import { context } from '../support/context'
import { database, fresh } from '../support/service'
import { NAMES, namedTable } from '../support/table-names'

const resources = NAMES.map((name) => resource(namedTable(name)))
const app = serve(resources)

const WITH_TOKEN = { authorization: 'Bearer first-token', 'content-type': 'application/json' }

async function send(path: string, init: RequestInit = {}): Promise<Response> {
	return await app.request(path, { headers: WITH_TOKEN, ...init }, env, context)
}

/** The same path in every spelling that means it: as the service does, with small hex, all of it encoded, and hardly any. */
function spellings(name: string): string[] {
	const path = encodeURIComponent(name)
	const every = Array.from(new TextEncoder().encode(name), (byte) => `%${byte.toString(16).padStart(2, '0')}`)
	return [
		path,
		path.replaceAll(/%../g, (byte) => byte.toLowerCase()),
		every.join('').toUpperCase(),
		every.join(''),
		name.replaceAll(/[/?#%\\\s]/g, encodeURIComponent),
	]
}

beforeAll(async () => {
	const tables = resources.map(
		({ info }) => `CREATE TABLE ${info.sql} (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)`,
	)
	await database().$client.batch(tables, 'write')
})

describe.each(NAMES)('the table %j', (name) => {
	const path = `/${encodeURIComponent(name)}`

	it('is served at its name, in every spelling', async () => {
		const body = JSON.stringify({ name: fresh('row') })
		const made = await send(path, { method: 'POST', body })
		const { row } = await made.json<{ row: { id: number; name: string } }>()
		expect([made.status, made.headers.get('location')]).toEqual([201, `${path}/${row.id}`])
		const ways = spellings(name).flatMap((spelling) => [
			[`/${spelling}`, 'POST'],
			[`/${spelling}/${row.id}`, 'GET'],
			[`/${spelling}?name=${row.name}`, 'HEAD'],
		])
		const answers = await Promise.all(
			ways.map(async ([way = '', method = '']) => {
				const answer = await send(way, { method, ...(method === 'POST' ? { body } : {}) })
				return [way, answer.status, await answer.text()]
			}),
		)
		const found: Record<string, unknown> = {
			POST: JSON.stringify({ row, created: false }),
			GET: JSON.stringify(row),
			HEAD: '',
		}
		expect(answers).toEqual(ways.map(([way, method = '']) => [way, 200, found[method]]))
	})

	it('asks for a token, and has the methods of a table', async () => {
		expect((await send(path, { headers: {} })).status).toBe(401)
		const refused = await send(`${path}/1`, { method: 'DELETE' })
		expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
	})

	it('is in the log by its path, without the key', async () => {
		const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
		await send(`${path}/12345`)
		const lines = log.mock.calls.map(([line]) => JSON.parse(line) as { route: string })
		log.mockRestore()
		expect(lines).toMatchObject([{ route: `${path}/:key` }])
	})
})

describe('what names no table', () => {
	it.each([
		'%',
		'%zz',
		'%2',
		'%E0%A4',
		'%FF',
		'%C0%AF',
		'%ED%A0%80',
		'100%',
		'%2541%',
		'a%252Fb',
		'a%2fb/',
		'a/b',
		'grösse',
		'valueOf',
		'hasOwnProperty',
		'%00',
		'a%2Cb%00',
	])('is not here, and asks nobody for a token: /%s', async (segment) => {
		for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
			const answer = await send(`/${segment}`, { method, headers: {} })
			expect(answer.status).toBe(404)
			expect(answer.headers.get('content-type')).toBe('application/problem+json')
		}
	})

	it('leaves the pages of the service where they are, in every spelling', async () => {
		for (const page of ['/problems/conflict', '/%70roblems/conflict', '/healthz', '/%68ealthz', '/docs']) {
			expect((await send(page, { headers: {} })).status).toBe(200)
		}
	})
})

describe('a name that can have no path', () => {
	it.each(['.', '..'])('is refused at start: %s', (name) => {
		expect(() => serve([resource(namedTable(name))])).toThrow(`table "${name}" can't be served`)
	})

	it('is one that another table has', () => {
		expect(() => serve([resource(namedTable('a b')), resource(namedTable('a b'))])).toThrow('listed twice')
	})
})

describe('the OpenAPI document over such tables', () => {
	const { paths, components, tags } = openApiDocument(resources)

	it('has the paths of each, percent-encoded', () => {
		for (const name of NAMES) {
			expect(Object.keys(paths)).toContain(`/${encodeURIComponent(name)}`)
			expect(Object.keys(paths)).toContain(`/${encodeURIComponent(name)}/{id}`)
		}
	})

	it('names components and operations as is legal, each in a way of its own', () => {
		const schemas = Object.keys(components.schemas)
		expect(schemas.filter((name) => !/^[\w.-]+$/.test(name))).toEqual([])
		expect(schemas.filter((name) => name.endsWith('.Row'))).toHaveLength(NAMES.length)
		const operations = Object.values(paths).flatMap((item) => Object.values(item))
		const ids = operations.map(({ operationId }) => operationId)
		expect(new Set(ids).size).toBe(ids.length)
		expect(new Set(tags.map(({ name }) => name)).size).toBe(tags.length)
	})
})
