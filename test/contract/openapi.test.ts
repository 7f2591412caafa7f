import { describe, expect, it } from 'vitest'
import { resources } from '../../src/resources'
import { openApiDocument } from '../../src/service/openapi'
import { examplesOf } from '../support/document'
import { call, document, json, post } from '../support/service'

/** The request bodies that are understood, of those in the document. */
const UNDERSTOOD = ['POST', 'PUT'].flatMap((method) => [
	[method, 'application/json', 'row'] as const,
	[method, 'application/json', 'rows'] as const,
])

const operationOf = (method: string, path: string) =>
	document.operations.find((one) => one.method === method && one.path === path)?.operation

describe('the OpenAPI document', () => {
	it('has an operation for every verb of every table, and the pages of the service', () => {
		expect(document.operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
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
			'POST /{table}',
			'PUT /accounts',
			'PUT /users',
			'PUT /{table}',
		])
	})

	it('is the same over HTTP', async () => {
		const answer = await call('/openapi.json', { headers: { authorization: '' } })
		expect(answer.body).toEqual(JSON.parse(JSON.stringify(openApiDocument(resources))))
	})

	it('says what POST and PUT are to arrays, for those who ask for that', async () => {
		const { body } = await call('/openapi.json?arrays')
		expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument(resources, { isOfArrays: true }))))
	})

	it('has one media type for each body that is sent, for not every client could choose', () => {
		const types = document.operations.flatMap(({ operation: { requestBody } }) =>
			requestBody ? [Object.keys(requestBody.content)] : [],
		)
		expect(types.map(({ length }) => length)).toEqual(types.map(() => 1))
	})

	it('takes no row for an array, and no array for a row', () => {
		const body = operationOf('POST', '/users')?.requestBody?.content['application/json']?.schema ?? {}
		const [row, wrong] = [{ name: 'x', email: 'x' }, { name: 'x' }]
		for (const valid of [row, [], [row, row]]) expect(document.faultsOf(valid, body)).toEqual([])
		for (const invalid of [wrong, [wrong], [[row]], 'x', null, 1])
			expect(document.faultsOf(invalid, body)).not.toEqual([])
	})

	it('says what is public', () => {
		const open = document.operations.filter(({ operation }) => operation.security?.length === 0)
		expect(open.map(({ operation }) => operation.tags)).toEqual(open.map(() => ['service']))
	})

	it('never names a hidden column', () => {
		expect(JSON.stringify(openApiDocument(resources))).not.toContain('password')
	})
})

describe('the examples of the document', () => {
	it('are valid by its own schemas', () => {
		const media = document.operations.flatMap(({ operation: { requestBody, responses } }) =>
			[requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {})),
		)
		const parameters = document.operations.flatMap(({ operation }) => operation.parameters ?? [])
		for (const one of [...media, ...parameters]) {
			for (const [, value] of examplesOf(one)) expect(document.faultsOf(value, one.schema)).toEqual([])
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

	it.each(['POST', 'PUT'])('succeed as a stream: %s', async (method) => {
		const { parameters, requestBody } = operationOf(method, '/{table}') ?? {}
		const table = parameters?.find(({ name }) => name === 'table')?.example
		const lines = requestBody?.content['application/x-ndjson']?.example
		const answer = await call(`/${table}`, { ...json(lines, 'application/x-ndjson'), method })
		expect(answer.status).toBe(200)
		expect(answer.text.split('\n')).toHaveLength(3)
		expect(answer.text).not.toContain('"problem"')
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

	it.each(['POST', 'PUT'])('succeed as arrays, where that is described: %s', async (method) => {
		const { paths } = openApiDocument(resources, { isOfArrays: true })
		for (const path of ['/users', '/accounts'] as const) {
			const operation = paths[path]?.[method === 'POST' ? 'post' : 'put']
			const media = operation?.requestBody?.content['application/json']
			const answer = await call(path, { ...json(media?.example), method })
			const results = operation?.responses[200]?.content?.['application/json']?.schema
			expect(document.faultsOf(answer.body, results ?? {})).toEqual([])
			expect(answer.text.match(/"created"/g)).toHaveLength(2)
		}
	})

	it('read as a person would write them', () => {
		const body = operationOf('POST', '/users')?.requestBody?.content['application/json']
		expect(body?.examples?.['rows']?.value).toEqual([
			{ name: 'Alice', email: 'alice@example.com' },
			{ name: 'Bob', email: 'bob@example.com' },
		])
	})
})
