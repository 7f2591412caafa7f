import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { context } from '../support/context'
import { kinds, twinsOf } from '../support/kinds'
import { fresh } from '../support/service'
import { appOf } from './app'

// What array and single requests agree upon may be wrong in both: here it stands as it must be.

const app = appOf(kinds.map(twinsOf))

async function send(method: string, path: string, body: object, key?: string) {
	const headers = {
		authorization: 'Bearer first-token',
		'content-type': 'application/json',
		...(key === undefined ? {} : { 'idempotency-key': key }),
	}
	const init = { method, headers, body: JSON.stringify(body) }
	const response = await app.request(path, init, env, context)
	const answer: unknown = await response.json()
	return { status: response.status, replayed: response.headers.get('idempotency-replayed'), body: answer }
}

const RULE = { pointer: '', detail: 'is refused by a rule of the table' }

describe('a row that a trigger changes as it is made', () => {
	it.each(['/lowercased_single', '/lowercased_single?by=name'])(
		'was created, and is shown as it is: %s',
		async (path) => {
			const name = fresh('NAME')
			const made = await send('POST', path, { name, v: 1 })
			expect(made).toMatchObject({
				status: 201,
				body: { created: true, row: { name: name.toLowerCase(), v: 1 } },
			})
		},
	)

	it('was created under its key, again and again', async () => {
		const [key, name] = [fresh('k'), fresh('NAME')]
		const told = { status: 201, body: { created: true, row: { name: name.toLowerCase() } } }
		expect(await send('POST', '/lowercased_single', { name }, key)).toMatchObject({ ...told, replayed: null })
		expect(await send('POST', '/lowercased_single', { name }, key)).toMatchObject({
			...told,
			replayed: 'true',
		})
	})

	it('was created in an array too, beside others', async () => {
		const rows = Array.from({ length: 5 }, () => ({ name: fresh('Name'), other: fresh('o') }))
		const { body } = await send('PUT', '/lowercased_single?by=name,other', rows)
		expect(body).toMatchObject(
			rows.map(({ name, other }) => ({ created: true, row: { name: name.toLowerCase(), other } })),
		)
	})
})

describe('an update that a trigger overrides', () => {
	it('was done, and its repeat is told the same', async () => {
		const [key, name] = [fresh('k'), fresh('name')]
		await send('POST', '/overridden_single', { name })
		const told = { status: 200, body: { created: false, updated: true, row: { name, v: 2 } } }
		expect(await send('PUT', '/overridden_single?by=name', { name, v: 9 }, key)).toMatchObject(told)
		expect(await send('PUT', '/overridden_single?by=name', { name, v: 9 }, key)).toMatchObject(told)
	})
})

describe('a row that a trigger passes over', () => {
	it.each(['POST', 'PUT'])('is refused by a rule, and not for another row: %s', async (method) => {
		for (const key of [undefined, fresh('k')]) {
			const answer = await send(
				method,
				'/refused_inserts_single?by=name',
				{ name: fresh('ignored').concat('-ignored') },
				key,
			)
			expect(answer).toMatchObject({ status: 422, body: { type: '/problems/invalid-row', errors: [RULE] } })
		}
		const name = fresh('name')
		await send('POST', '/refused_updates_single', { name })
		const answer = await send('PUT', '/refused_updates_single?by=name', { name, v: 6 })
		expect(answer).toMatchObject({ status: 422, body: { errors: [RULE] } })
	})
})

describe('an error that is no constraint', () => {
	it('is the fault of the row alone that met it', async () => {
		const rows = ['{}', 'no JSON', '{"kind":"x"}'].map((body) => ({ slug: fresh('s'), body }))
		const { body } = await send('POST', '/read_as_json_single?by=slug', rows)
		expect(body).toMatchObject([
			{ created: true, row: { kind: null } },
			{ problem: { status: 422, errors: [RULE] } },
			{ created: true, row: { kind: 'x' } },
		])
	})

	it('shows nothing of the expression that it came from', async () => {
		const answer = await send('POST', '/keyed_by_json_single?by=slug', {
			slug: fresh('s'),
			body: '{"size":3}',
		})
		expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '' }] } })
		expect(JSON.stringify(answer)).not.toContain('json_extract')
	})
})
