import { eq } from 'drizzle-orm'
import { describe, expect, inject, it, vi } from 'vitest'
import { users } from '../../src/schema'
import type { Answer } from '../support/document'
import {
	askTooOften,
	type Call,
	call,
	callWith,
	database,
	document,
	fresh,
	json,
	post,
} from '../support/service'

/** The document.operations that are served. */
const SERVED = ['POST /users', 'PUT /users', 'GET /users', 'GET /users/{id}']

const alice = () => ({ name: fresh('alice'), email: fresh('alice') })

/** Settings with which nothing works. */
const broken = () => ({
	500: { API_TOKENS: '' },
	503: { TURSO_DATABASE_URL: 'http://127.0.0.1:1', DATABASE_TIMEOUT_MS: '300' },
	504: { TURSO_DATABASE_URL: inject('silentUrl'), DATABASE_TIMEOUT_MS: '300' },
})

/** How each status comes about, for POST and PUT alike. */
const writing = (method: 'POST' | 'PUT'): Record<number, () => Promise<Answer | undefined>> => {
	const send = async (init: Call, path = '/users') => await call(path, { ...init, method })
	return {
		200: async () => {
			const row = alice()
			await post('/users', row)
			return await send(json(row))
		},
		201: async () => await send(json(alice())),
		400: async () => await send(json('{')),
		401: async () => await send({ body: '{}', headers: { authorization: '' } }),
		404: async () => {
			const row = alice()
			const keyed = { ...json(row), headers: { ...json(row).headers, 'idempotency-key': fresh('gone') } }
			await send(keyed)
			await database().delete(users).where(eq(users.email, row.email))
			return await send(keyed)
		},
		409: async () => {
			const [one, two] = [alice(), alice()]
			await post('/users', one)
			await post('/users', two)
			return await send(json({ name: one.name, email: two.email }))
		},
		413: async () => await send(json({ name: 'x'.repeat(2 * 1024 * 1024) })),
		415: async () => await send(json('x', 'text/plain')),
		422: async () => await send(json({ name: 1 }), '/users?by=name'),
		429: async () => await askTooOften('/users', { ...json(alice()), method }),
		...Object.fromEntries(
			Object.entries(broken()).map(([status, settings]) => [
				status,
				async () => await callWith(settings, '/users', { ...json(alice()), method }),
			]),
		),
	}
}

/** The same for a GET, of a row that is there, one that is not, and a wrong parameter. */
const reading = (
	there: (id: number, row: ReturnType<typeof alice>) => string,
	not: string,
	wrong: string,
) => ({
	200: async () => {
		const row = alice()
		const location = (await post('/users', row)).headers.get('location')
		return await call(there(Number(location?.split('/')[2]), row))
	},
	401: async () => await call(not, { headers: { authorization: '' } }),
	404: async () => await call(not),
	422: async () => await call(wrong),
	429: async () => await askTooOften(not),
	...Object.fromEntries(
		Object.entries(broken()).map(([status, settings]) => [status, async () => await callWith(settings, not)]),
	),
})

const CASES: Record<string, Record<number, () => Promise<Answer | undefined>>> = {
	'POST /users': writing('POST'),
	'PUT /users': writing('PUT'),
	'GET /users': reading((_, { name }) => `/users?name=${name}`, '/users?name=nobody', '/users?nope=1'),
	'GET /users/{id}': reading((id) => `/users/${id}`, '/users/0', '/users/1?name=x'),
}

const documented = document.operations.flatMap(({ method, path, operation }) =>
	Object.keys(operation.responses).map((status) => ({ name: `${method} ${path}`, status: Number(status) })),
)

describe('the statuses in the OpenAPI document', () => {
	it.each(Object.keys(CASES))('are those that %s can give', (name) => {
		const statuses = documented.filter((pair) => pair.name === name).map(({ status }) => status)
		expect(statuses).toEqual(Object.keys(CASES[name] ?? {}).map(Number))
	})

	it.each(documented.filter(({ name }) => SERVED.includes(name)))(
		'are given: $name with $status',
		async ({ name, status }) => {
			const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
			const answer = await CASES[name]?.[status]?.()
			expect(answer?.status).toBe(status)
			log.mockRestore()
		},
	)
})
