import { env } from 'cloudflare:workers'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { classify } from '../../../src/database/failure'
import { resources } from '../../../src/resources'
import { users } from '../../../src/schema'
import { resource } from '../../../src/service/resource'
import { serve } from '../../support/app'
import { context } from '../../support/context'
import { fresh } from '../../support/service'

const REFUSED = 'http://127.0.0.1:1'

async function ask(path: string, url: string) {
	const bindings = { ...env, TURSO_DATABASE_URL: url, DATABASE_TIMEOUT_MS: '300' }
	const body = path === '/healthz' ? null : JSON.stringify({ name: 'a', email: 'b' })
	const response = await serve(resources).request(
		path,
		{
			method: body ? 'POST' : 'GET',
			body,
			headers: { authorization: 'Bearer first-token', 'content-type': 'application/json' },
		},
		bindings,
		context,
	)
	return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('a database that fails', () => {
	afterEach(() => vi.restoreAllMocks())

	it.each(['/users', '/healthz'])('that refuses connections answers 503 at %s', async (path) => {
		const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
		const answer = await ask(path, REFUSED)
		expect(answer.status).toBe(503)
		expect(answer.headers.get('retry-after')).toBe('1')
		expect(JSON.parse(answer.text)).toMatchObject({ type: '/problems/database-unavailable' })
		expect(log.mock.calls.flat().join()).toContain('unreachable')
	})

	it.each(['/users', '/healthz'])(
		'that never answers gives 504 at %s, and never a hung request',
		async (path) => {
			vi.spyOn(console, 'error').mockImplementation(() => undefined)
			const answer = await ask(path, inject('silentUrl'))
			expect(answer.status).toBe(504)
			expect(JSON.parse(answer.text)).toMatchObject({ type: '/problems/database-timeout' })
		},
	)
})

describe('a table that was not migrated', () => {
	afterEach(() => vi.restoreAllMocks())

	it('fails its own callers alone, not those who share their transaction', async () => {
		const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
		const ghosts = sqliteTable('ghosts', { id: integer().primaryKey(), name: text().notNull().unique() })
		const app = serve([resource(users), resource(ghosts)])
		const post = async (path: string, row: object) => {
			const headers = { authorization: 'Bearer first-token', 'content-type': 'application/json' }
			return (await app.request(path, { method: 'POST', headers, body: JSON.stringify(row) }, env, context))
				.status
		}
		const answers = await Promise.all(
			Array.from({ length: 20 }, async () => {
				const name = fresh('ghost')
				return await Promise.all([post('/users', { name, email: name }), post('/ghosts', { name })])
			}),
		)
		expect(answers).toEqual(answers.map(() => [201, 500]))
		expect(log.mock.calls.flat().join()).toContain('no such table: ghosts')
	})
})

describe('classify', () => {
	const withCode = (code: string) => Object.assign(new Error('secret'), { code })

	it.each([
		[withCode('SQLITE_CONSTRAINT'), 'constraint'],
		[withCode('SQLITE_BUSY'), 'rejected'],
		[withCode('TRANSACTION_TIMEOUT'), 'rejected'],
		[new Error('Network connection lost.'), 'unreachable'],
		[new DOMException('too late', 'TimeoutError'), 'unknown'],
		[new SyntaxError('"secret" is not JSON'), 'unknown'],
		[withCode('SQLITE_UNKNOWN'), 'constraint'],
		[withCode('SQLITE_AUTH'), 'denied'],
		[withCode('SQLITE_FULL'), 'full'],
		[withCode('SQLITE_RANGE'), 'broken'],
		[new Error('Too many subrequests.'), 'limited'],
		['a string', 'broken'],
	])('takes %s for %s, and shows nothing of its message', (error, failure) => {
		expect(classify(error)).toMatchObject({ failure })
		expect(classify(error).message).not.toContain('secret')
	})

	it('finds its own error in the cause of another', () => {
		const own = classify(withCode('SQLITE_BUSY'))
		expect(classify(new Error('wrapped', { cause: own }))).toBe(own)
	})
})

describe('what an embedded replica says of its primary', () => {
	it.each([
		['RemoteSqliteFailure(3, 275, "CHECK constraint failed: y < 5")', 'constraint'],
		['RemoteSqliteFailure(3, 1811, "a trigger\\"s word")', 'constraint'],
		['RemoteSqliteFailure(3, 5, "database is locked")', 'rejected'],
		['RemoteSqliteFailure(3, 13, "database or disk is full")', 'full'],
		[
			'WriteDelegation(status: PermissionDenied, message: "no such table: nope", details: [], metadata: {})',
			'unmigrated',
		],
		[
			'WriteDelegation(status: Unavailable, message: "error trying to connect: tcp connect error: Connection refused (os error 111)", details: [], metadata: {})',
			'unknown',
		],
	])('is understood: %s', (message, failure) => {
		const error = classify(Object.assign(new Error(message), { code: '' }))
		expect(error.failure).toBe(failure)
		expect(error.message).not.toMatch(/CHECK|trigger/)
	})
})
