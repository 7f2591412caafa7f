import { describe, expect, it } from 'vitest'
import { resources } from '../../src/resources'
import { openApiDocument } from '../../src/service/openapi'
import { examplesOf, faultsOf, operations } from '../support/document'
import { call, json, post } from '../support/service'

/** The request bodies that are understood, of those in the document. */
const UNDERSTOOD = ['POST', 'PUT'].flatMap((method) => [
	[method, 'application/json', 'row'] as const,
	[method, 'application/json', 'rows'] as const,
	[method, 'application/x-ndjson', 'example'] as const,
])

const operationOf = (method: string, path: string) =>
	operations.find((one) => one.method === method && one.path === path)?.operation

describe('the OpenAPI document', () => {
	it('has an operation for every verb of every table, and the pages of the service', () => {
		expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
			'GET /accounts',
			'GET /accounts/{id}',
			'GET /docs',
			'GET /healthz',
			'GET /openapi.json',
			'GET /problems/{slug}',
			'GET /users',
			'GET /users/{id}',
			'POST /accounts',
			'POST /users',
			'PUT /accounts',
			'PUT /users',
		])
	})

	it('is the same over HTTP', async () => {
		const answer = await call('/openapi.json', { headers: { authorization: '' } })
		expect(answer.body).toEqual(JSON.parse(JSON.stringify(openApiDocument(resources))))
	})

	it('says what is public', () => {
		const open = operations.filter(({ operation }) => operation.security?.length === 0)
		expect(open.map(({ operation }) => operation.tags)).toEqual(open.map(() => ['service']))
	})

	it('never names a hidden column', () => {
		expect(JSON.stringify(openApiDocument(resources))).not.toContain('password')
	})
})

describe('the examples of the document', () => {
	it('are valid by its own schemas', () => {
		const media = operations.flatMap(({ operation: { requestBody, responses } }) =>
			[requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {})),
		)
		const parameters = operations.flatMap(({ operation }) => operation.parameters ?? [])
		for (const one of [...media, ...parameters]) {
			for (const [, value] of examplesOf(one)) expect(faultsOf(value, one.schema)).toEqual([])
		}
	})

	it.each(UNDERSTOOD)('succeed as they are: %s', async (method, type, example) => {
		for (const path of ['/users', '/accounts']) {
			const body = operationOf(method, path)?.requestBody?.content[type]
			const [, value] = (body && examplesOf(body).find(([name]) => name === example)) ?? []
			const answer = await call(path, { ...json(value, type), method })
			expect([200, 201]).toContain(answer.status)
			expect(JSON.stringify(answer.body)).not.toContain('"problem"')
		}
	})

	it.each(['/users', '/accounts'])('find at %s the row of the example that was sent before', async (path) => {
		const body = operationOf('POST', path)?.requestBody?.content['application/json']
		await post(path, body?.examples?.['row']?.value)
		const query = (operationOf('GET', path)?.parameters ?? []).flatMap(({ name, example }) =>
			example === undefined ? [] : [[name, `${example}`]],
		)
		expect((await call(`${path}?${new URLSearchParams(query)}`)).status).toBe(200)
		const id = operationOf('GET', `${path}/{id}`)?.parameters?.[0]?.example
		expect((await call(`${path}/${id}`)).status).toBe(200)
	})

	it('read as a person would write them', () => {
		const body = operationOf('POST', '/users')?.requestBody?.content['application/json']
		expect(body?.examples?.['rows']?.value).toEqual([
			{ name: 'Alice', email: 'alice@example.com' },
			{ name: 'Bob', email: 'bob@example.com' },
		])
	})
})
