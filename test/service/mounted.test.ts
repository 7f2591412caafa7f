import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, expect, it } from 'vitest'
import { resources } from '../../src/resources'
import { createService } from '../../src/service'
import { PROBLEMS } from '../../src/service/http/problem'
import { context } from '../support/context'
import { fresh } from '../support/service'

const TOKEN = { authorization: 'Bearer first-token' }

const service = createService({ resources })

/** An app that was there before: with its own routes, errors and variables. */
const app = new Hono<{ Variables: { notes: string; token: string; requestId: string } }>()
app.use(async (c, next) => {
	c.set('notes', 'of the app')
	c.set('token', 'of the app')
	await next()
	c.header('X-Notes', `${c.get('notes')}, ${c.get('token')}`)
})
app.notFound((c) => c.text('the app has nothing here', 404))
app.onError((error, c) => c.text(`the app failed: ${error.message}`, 500))
app.get('/', (c) => c.text('the app'))
app.route('/rows', service.app)
app.route('/of/:tenant/rows', service.app)

interface Init {
	method?: string
	headers?: Record<string, string>
	body?: string
}

const ask = async (path: string, init: Init = {}, to: Hono = app as unknown as Hono) =>
	await to.request(path, { ...init, headers: { ...TOKEN, ...init.headers } }, env, context)

const post = (row: object) => ({
	method: 'POST',
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify(row),
})

const user = () => {
	const name = fresh('mounted')
	return { name, email: `${name}@example.com` }
}

describe.each([
	['/rows', '/rows'],
	['/of/:tenant/rows', '/of/acme/rows'],
	['/of/:tenant/rows, percent-encoded', '/of/a%2Fb%20c%C3%A9/rows'],
])('a service that is mounted at %s', (_, prefix) => {
	it('makes and finds rows, and says where they are', async () => {
		const row = user()
		const made = await ask(`${prefix}/users`, post(row))
		expect(made.status).toBe(201)
		const body: { row: { id: number } } = await made.json()
		expect(made.headers.get('location')).toBe(`${prefix}/users/${body.row.id}`)
		expect(made.headers.get('x-request-id')).toMatch(/./)
		expect(made.headers.get('x-notes')).toBe('of the app, of the app')
		const read = await ask(made.headers.get('location') ?? '')
		expect(await read.json()).toEqual(body.row)
	})

	it('answers every problem itself, by an address that answers', async () => {
		const problems = await Promise.all([
			ask(`${prefix}/users/0`),
			ask(`${prefix}/nowhere`),
			ask(`${prefix}/docs/nowhere`),
			ask(`${prefix}/users/1/2`),
			ask(`${prefix}/users`, { method: 'DELETE' }),
			ask(`${prefix}/users`, { headers: { authorization: '' } }),
			ask(`${prefix}/users?by=id`, post(user())),
		])
		expect(problems.map(({ status }) => status)).toEqual([404, 404, 404, 404, 405, 401, 422])
		for (const answer of problems) {
			expect(answer.headers.get('content-type')).toBe('application/problem+json')
			const { type }: { type: string } = await answer.json()
			expect(type).toMatch(new RegExp(`^${prefix}/problems/`))
			expect((await ask(type)).status).toBe(200)
		}
	})

	it('tells of rows in arrays and streams under the same addresses', async () => {
		const rows = [user(), { name: 1 }]
		const array: { problem?: { type: string } }[] = await (await ask(`${prefix}/users`, post(rows))).json()
		expect(array[1]?.problem?.type).toBe(`${prefix}/problems/invalid-row`)
		const stream = await ask(`${prefix}/users`, {
			method: 'POST',
			headers: { 'content-type': 'application/x-ndjson' },
			body: '{"name":1}\n',
		})
		expect(await stream.text()).toContain(`"type":"${prefix}/problems/invalid-row"`)
	})

	it('names itself in its document and on its pages, whose links lead to pages', async () => {
		const document: { servers: object[] } = await (await ask(`${prefix}/openapi.json`)).json()
		expect(document.servers).toEqual([{ url: prefix }])
		for (const page of [
			'',
			'/docs',
			'/problems',
			...Object.keys(PROBLEMS).map((slug) => `/problems/${slug}`),
		]) {
			const answer = await ask(`${prefix}${page}`, { headers: { accept: 'text/html' } })
			expect(answer.status).toBe(200)
			const html = await answer.text()
			const links = [...html.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, link = '']) => link)
			expect(links.length).toBeGreaterThan(0)
			for (const link of links) expect(link).toMatch(new RegExp(`^${prefix}(/|$)`))
			expect(html).toContain(prefix)
		}
		const race = await app.request(
			`${prefix}/race`,
			{ headers: { accept: 'text/html' } },
			{ ...env, RACE_PAGE: 'on' },
			context,
		)
		const html = await race.text()
		expect(html).toContain(`data-prefix="${prefix}"`)
		const script = /<script src="([^"]+)">/.exec(html)?.[1] ?? ''
		expect((await app.request(script, {}, { ...env, RACE_PAGE: 'on' }, context)).status).toBe(200)
		expect((await ask(`${prefix}/healthz`)).status).toBe(200)
		expect((await ask(`${prefix}/healthz`, { method: 'POST' })).status).toBe(405)
	})
})

describe('the app around it', () => {
	it('keeps its own routes, errors and request ids', async () => {
		expect(await (await ask('/')).text()).toBe('the app')
		expect(await (await ask('/elsewhere')).text()).toBe('the app has nothing here')
		const around = new Hono<{ Variables: { requestId: string } }>()
		around.use(async (c, next) => {
			c.set('requestId', 'the-apps-own')
			await next()
		})
		around.route('/rows', service.app)
		const answer = await ask('/rows/users/0', {}, around as unknown as Hono)
		expect(answer.headers.get('x-request-id')).toBe('the-apps-own')
		expect(await answer.json()).toMatchObject({ requestId: 'the-apps-own' })
	})
})

describe('access of the app itself', () => {
	const guarded = createService({
		resources,
		access: async (c, next) => {
			const who = c.req.header('x-user')
			if (who === 'nobody') throw new HTTPException(403, { message: 'not you' })
			if (who === 'broken') throw new Error('a fault of the app')
			if (who !== 'alice') return c.json({ error: 'who are you?' }, 401)
			return await next()
		},
	})
	const { API_TOKENS: _, ...bindings } = env
	const as = async (who: string, path = '/users/0') =>
		await guarded.app.request(path, { headers: { 'x-user': who } }, bindings, context)

	it('lets in whom it lets in, without a token', async () => {
		expect((await as('alice')).status).toBe(404)
	})

	it('refuses in its own words', async () => {
		const refused = await as('bob')
		expect(refused.status).toBe(401)
		expect(await refused.json()).toEqual({ error: 'who are you?' })
		expect(refused.headers.get('x-request-id')).toMatch(/./)
		const forbidden = await as('nobody')
		expect(forbidden.status).toBe(403)
		expect(await forbidden.text()).toBe('not you')
	})

	it('that fails lets nobody in, and shows nothing', async () => {
		const failed = await as('broken')
		expect(failed.status).toBe(500)
		expect(await failed.text()).not.toContain('fault of the app')
	})

	it('guards tables, not the pages', async () => {
		expect((await as('bob', '/openapi.json')).status).toBe(200)
		expect((await as('bob', '/users')).status).toBe(401)
	})
})

describe('a service with neither', () => {
	it('is closed', async () => {
		const { API_TOKENS: _, ...bindings } = env
		const answer = await service.app.request('/users/0', { headers: TOKEN }, bindings, context)
		expect(answer.status).toBe(500)
		expect(await answer.json()).toMatchObject({ type: '/problems/misconfigured' })
	})
})

describe('settings under other names', () => {
	const named = createService({
		resources,
		settings: { TURSO_DATABASE_URL: 'ROWS_URL', TURSO_AUTH_TOKEN: 'ROWS_TOKEN', API_TOKENS: 'ROWS_TOKENS' },
	})

	it('are read, and those of the usual names are not', async () => {
		const bindings = {
			ROWS_URL: env.TURSO_DATABASE_URL,
			ROWS_TOKENS: 'named',
			TURSO_DATABASE_URL: 'http://0.0.0.0:1',
		}
		const headers = { authorization: 'Bearer named' }
		expect((await named.app.request('/users/0', { headers }, bindings, context)).status).toBe(404)
		expect((await named.app.request('/users/0', { headers: TOKEN }, bindings, context)).status).toBe(401)
	})
})
