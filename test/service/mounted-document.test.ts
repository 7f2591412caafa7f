import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { resources } from '../../src/resources'
import { createService } from '../../src/service'
import { openApiDocument } from '../../src/service/openapi'
import { context } from '../support/context'

type Document = ReturnType<typeof openApiDocument>

const mounted = createService({ resources })
const guarded = createService({ resources, access: async (_, next) => await next() })
const app = new Hono().route('/rows', mounted.app).route('/of/:tenant', guarded.app)

async function documentAt(prefix: string): Promise<Document> {
	const answer = await app.request(`${prefix}/openapi.json`, {}, { ...env }, context)
	return await answer.json()
}

describe('the OpenAPI document of a service that is mounted', () => {
	it('is the same under each prefix, but for the addresses in it', async () => {
		const document = await documentAt('/rows')
		expect(document.servers).toEqual([{ url: '/rows' }])
		const alone = JSON.stringify({ ...document, servers: [{ url: '/' }] }).replaceAll('/rows/', '/')
		expect(JSON.parse(alone)).toEqual(JSON.parse(JSON.stringify(openApiDocument(resources))))
	})

	it('has the addresses of problems as they are answered', async () => {
		const { components } = await documentAt('/rows')
		const { type }: { type: string } = await (
			await app.request(
				'/rows/users/0',
				{ headers: { authorization: 'Bearer first-token' } },
				{ ...env },
				context,
			)
		).json()
		expect(type).toBe('/rows/problems/not-found')
		expect(components.schemas['Problem.not-found']?.properties?.['type']).toEqual({
			type: 'string',
			const: type,
		})
		expect(components.schemas['Problem']?.properties?.['type']?.enum).toContain(type)
	})

	it('is made for whichever prefix is asked for', async () => {
		for (const tenant of ['a', 'b%22%5C', '%EF%BF%BF', 'a']) {
			const { servers, components } = await documentAt(`/of/${tenant}`)
			expect(servers).toEqual([{ url: `/of/${tenant}` }])
			expect(components.schemas['Problem']?.properties?.['type']?.enum?.[0]).toBe(
				`/of/${tenant}/problems/malformed-json`,
			)
		}
	})
})

describe('the OpenAPI document of a service with access of the app itself', () => {
	it('claims no token, nor what the service would answer to one', async () => {
		const document = await documentAt('/of/acme')
		expect(document).not.toHaveProperty('security')
		expect(document.components).not.toHaveProperty('securitySchemes')
		const statuses = Object.values(document.paths).flatMap((item) =>
			Object.values(item).flatMap(({ responses }) => Object.keys(responses)),
		)
		expect(statuses).toContain('409')
		expect(statuses).not.toContain('401')
		expect(statuses).not.toContain('429')
		expect(await documentAt('/rows')).toMatchObject({ security: [{ bearer: [] }] })
	})
})
