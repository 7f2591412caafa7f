import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { listen } from '../../scripts/server.ts'
import { idempotencyKeys } from '../../src/get-or-create/idempotency-keys.ts'
import { startDatabase, type TestDatabase } from './database.ts'
import { run } from './project.ts'

// The examples as they are, built from the packed package and run in workerd, on libSQL servers of their own.

const { project } = inject('packed')
const AT_ONCE = 20

const users = sqliteTable('users', {
	id: integer().primaryKey(),
	name: text().notNull().unique(),
	email: text().notNull().unique(),
})
const links = sqliteTable('links', {
	id: integer().primaryKey(),
	slug: text().notNull().unique(),
	url: text().notNull(),
})
const accounts = sqliteTable(
	'users',
	{
		id: integer().primaryKey(),
		provider: text().notNull(),
		subject: text().notNull(),
		email: text().notNull(),
		name: text().notNull(),
	},
	(table) => [uniqueIndex('users_account').on(table.provider, table.subject)],
)
const payments = sqliteTable('payments', {
	eventId: text('event_id').primaryKey(),
	customer: text().notNull(),
	cents: integer().notNull(),
})
const notes = sqliteTable('notes', { id: integer().primaryKey(), title: text().notNull().unique() })

/** Who signs in where the example's provider would be: a code is the account's name. */
const provider = createServer((request, response) => {
	let body = ''
	request
		.on('data', (chunk) => (body += chunk))
		.on('end', () => {
			const name =
				new URLSearchParams(body).get('code') ?? request.headers.authorization?.slice('Bearer '.length)
			const answers: Record<string, object> = {
				'/token': { access_token: name },
				'/userinfo': { sub: `sub-of-${name}`, name, email: `${name}@example.com` },
			}
			response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[request.url ?? '']))
		})
})

let databases: Record<'rows' | 'accounts' | 'payments' | 'acme' | 'globex', TestDatabase>
let server: TestHarness
/** Of the first Worker. */
let origin = ''

beforeAll(async () => {
	databases = {
		rows: await startDatabase({ users, links, idempotencyKeys }),
		accounts: await startDatabase({ accounts }),
		payments: await startDatabase({ payments }),
		acme: await startDatabase({ notes, idempotencyKeys }),
		globex: await startDatabase({ notes, idempotencyKeys }),
	}
	const at = ({ url }: TestDatabase) => ({ TURSO_DATABASE_URL: url, TURSO_AUTH_TOKEN: 'none-is-needed' })
	const rows = { ...at(databases.rows), API_TOKENS: 'first-token' }
	const tenants = {
		acme: { url: databases.acme.url, apiToken: 'acme-token' },
		globex: { url: databases.globex.url, apiToken: 'globex-token' },
	}
	const providerUrl = `http://127.0.0.1:${await listen(provider)}`
	const secrets: Record<string, Record<string, string>> = {
		service: rows,
		rpc: {},
		mounted: at(databases.rows),
		'sign-in': { ...at(databases.accounts), CLIENT_SECRET: 'secret' },
		webhooks: { ...at(databases.payments), WEBHOOK_SECRET: 'signed-with-this' },
		tenants: { TENANTS: JSON.stringify(tenants) },
		snippets: rows,
	}
	server = createTestHarness({
		root: project,
		workers: Object.entries(secrets).map(([name, values]) => ({
			configPath: join(project, name, 'wrangler.toml'),
			secrets: values,
			vars: { PROVIDER_URL: providerUrl },
		})),
	})
	origin = String((await server.listen()).url)
}, 60_000)

afterAll(async () => {
	await server.close()
	provider.closeAllConnections()
	provider.close()
	for (const database of Object.values(databases)) await database.stop()
})

interface Asked {
	headers?: Record<string, string>
	/** Posted, where there is one. */
	json?: unknown
}

/** Asks one of the Workers. */
async function ask(worker: string, path: string, { json, ...init }: Asked = {}) {
	const sent =
		json === undefined
			? init
			: {
					...init,
					method: 'POST',
					body: JSON.stringify(json),
					headers: { 'content-type': 'application/json', ...init.headers },
				}
	const response = await server
		.getWorker(worker)
		.fetch(`http://example.com${path}`, { redirect: 'manual', ...sent })
	return { status: response.status, headers: response.headers, text: await response.text() }
}

const times = async <T>(each: (time: number) => Promise<T>) =>
	await Promise.all(Array.from({ length: AT_ONCE }, (_, time) => each(time)))

describe.each(['rows', 'snippets'])('a Worker of its own: %s', (worker) => {
	const headers = { authorization: 'Bearer first-token' }

	it('answers as the service of this repository does', async () => {
		const row = { name: worker, email: `${worker}@example.com` }
		const made = await ask(worker, '/users', { headers, json: row })
		expect(made.status).toBe(201)
		const found = await ask(worker, made.headers.get('location') ?? '', { headers })
		expect(JSON.parse(found.text)).toMatchObject(row)
		expect((await ask(worker, '/users', { json: row })).status).toBe(401)
	})

	it('says who it is', async () => {
		const document = await ask(worker, '/openapi.json')
		expect(JSON.parse(document.text)).toMatchObject({ info: { version: '0.1.0' } })
	})
})

describe('npx edge-get-or-create import', () => {
	it('reads each format with what the package brings, and checks rows before', async () => {
		const people = {
			'people.csv': 'Name;E-mail\nAda;ada@example.com\nBob;\n',
			'people.json': '[{"name":"Cleo","email":"c"}]',
		}
		const imported = async (file: string, ...options: string[]) => {
			writeFileSync(join(project, file), people[file as keyof typeof people])
			const env = [`API_URL=${origin}`, 'API_TOKEN=first-token']
			const bin = 'node_modules/.bin/edge-get-or-create'
			return await run(
				project,
				'env',
				...env,
				bin,
				'import',
				'users',
				file,
				'--by',
				'email',
				...options,
			).catch(String)
		}
		const before = await databases.rows.count('users')
		expect(await imported('people.csv', '--dry-run')).toContain('1 right · 1 refused')
		expect(await databases.rows.count('users')).toBe(before)
		expect(await imported('people.csv')).toContain('1 created · 0 existing · 1 refused')
		expect(await imported('people.json')).toContain('1 created · 0 existing · 0 refused')
		expect(await databases.rows.count('users')).toBe(before + 2)
	})
})

describe('/docs', () => {
	it('is drawn by the script that the package has among its assets', async () => {
		const page = await ask('rows', '/docs')
		const path = /<script src="(\/docs\/scalar-\w+\.js)">/.exec(page.text)?.[1] ?? ''
		const script = await ask('rows', path)
		expect([script.status, script.text.length > 1_000_000]).toEqual([200, true])
	})

	it('says where the document is, where the script is not', async () => {
		const headers = { accept: 'text/html' }
		const page = await ask('mounted', '/rows/docs', { headers })
		expect(page.status).toBe(200)
		expect(page.text).toContain('<a href="/rows/openapi.json">')
		expect(page.text).not.toContain('<script')
	})
})

describe('a service that is mounted in an app', () => {
	it('lets in whom the app lets in, under its path', async () => {
		const link = { slug: 'drizzle', url: 'https://orm.drizzle.team' }
		const headers = { 'x-user': 'alice' }
		const made = await ask('mounted', '/rows/links?by=slug', { headers, json: link })
		expect([made.status, made.headers.get('location')]).toEqual([201, '/rows/links/1'])
		expect((await ask('mounted', '/rows/links?by=slug', { headers, json: link })).status).toBe(200)
		const refused = await ask('mounted', '/rows/links?by=slug', { json: link })
		expect([refused.status, refused.text]).toEqual([401, '{"error":"Sign in first."}'])
		expect((await ask('mounted', '/')).text).toBe('The home page, as it was.')
	})
})

describe('a Worker that calls by RPC', () => {
	it('is told the truth about who is new', async () => {
		const answers = await times(async () => JSON.parse((await ask('caller', '/?name=Grace')).text))
		expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1)
		expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
		expect(answers[0]).toMatchObject({ hello: 'Grace' })
	})
})

describe('sign-in with an account elsewhere', () => {
	async function callback(code: string) {
		const begun = await ask('sign-in', '/sign-in')
		expect(begun.status).toBe(302)
		const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? ''
		const cookie = begun.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
		return await ask('sign-in', `/callback?code=${code}&state=${state}`, { headers: { cookie } })
	}

	it('makes one user of any number of devices at once', async () => {
		const answers = await times(async () => JSON.parse((await callback('ada')).text))
		expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1)
		expect(new Set(answers.map(({ user }) => user.id)).size).toBe(1)
		expect(answers[0].user).toMatchObject({ subject: 'sub-of-ada', email: 'ada@example.com' })
		expect(await databases.accounts.count('users')).toBe(1)
	})

	it('lets nobody in who began elsewhere', async () => {
		expect((await ask('sign-in', '/callback?code=ada&state=guessed')).status).toBe(400)
	})
})

describe('webhooks', () => {
	const deliver = async (event: object, secret = 'signed-with-this') => {
		const body = JSON.stringify(event)
		const signature = createHmac('sha256', secret).update(body).digest('hex')
		return await ask('webhooks', '/webhooks/payments', { headers: { 'x-signature': signature }, json: event })
	}

	it('count once, however often they are delivered', async () => {
		const event = { id: 'evt_1', customer: 'cus_1', cents: 500 }
		const answers = await times(async () => JSON.parse((await deliver(event)).text))
		expect(answers.filter(({ counted }) => counted)).toHaveLength(1)
		expect(JSON.parse((await deliver({ ...event, id: 'evt_2' })).text)).toEqual({ counted: true })
		expect(await databases.payments.count('payments')).toBe(2)
	})

	it('that somebody else has signed count for nothing', async () => {
		expect((await deliver({ id: 'evt_3', customer: 'cus_1', cents: 500 }, 'guessed')).status).toBe(401)
	})
})

describe('a database for each tenant', () => {
	const note = async (tenant: string, token: string) =>
		await ask('tenants', `/${tenant}/rows/notes`, {
			headers: { authorization: `Bearer ${token}` },
			json: { title: 'the same title' },
		})

	it('has the rows of that tenant alone, each made once', async () => {
		const answers = await times(async (time) =>
			time % 2 === 0 ? await note('acme', 'acme-token') : await note('globex', 'globex-token'),
		)
		const made = answers.flatMap(({ status, headers }) => (status === 201 ? [headers.get('location')] : []))
		expect(new Set(made)).toEqual(new Set(['/acme/rows/notes/1', '/globex/rows/notes/1']))
		expect(made).toHaveLength(2)
		expect(await Promise.all([databases.acme.count('notes'), databases.globex.count('notes')])).toEqual([
			1, 1,
		])
	})

	it("is closed to another tenant's token, and to tenants that nobody knows", async () => {
		expect((await note('acme', 'globex-token')).status).toBe(401)
		expect((await note('nobody', 'globex-token')).status).toBe(401)
	})

	it('is looked after by the Cron Trigger', async () => {
		const { outcome } = await server
			.getWorker('tenants')
			.scheduled({ cron: '*/10 * * * *', scheduledTime: new Date() })
		expect(outcome).toBe('ok')
	})
})

describe('the Workers test runner', () => {
	it("runs the contract's snippets, word for word", async () => {
		const told = await run(
			join(project, 'snippets'),
			'env',
			`TURSO_DATABASE_URL=${databases.rows.url}`,
			'vitest',
			'run',
		)
		expect(told).toContain('Tests  2 passed')
	})
})
