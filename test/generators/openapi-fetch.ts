import createClient from 'openapi-fetch'
import type { paths as arrays } from './generated/openapi-typescript/arrays.ts'
import type { paths } from './generated/openapi-typescript/rows.ts'
import type { Use } from './use.ts'

export const use: Use = async (baseUrl, token, name) => {
	const options = { baseUrl, headers: { authorization: `Bearer ${token}` } }
	const client = createClient<paths>(options)
	const body = { name, email: `${name}@example.com` }
	const made = await client.POST('/users', { params: { query: { by: ['name', 'email'] } }, body })
	const found = await client.POST('/users', { body })
	if (made.error || found.error) throw new Error('refused')
	const { id } = made.data.row
	const read = await client.GET('/users/{id}', { params: { path: { id } } })
	const renamed = await client.PUT('/users', {
		params: { query: { by: ['email'], update: ['name', 'email'] } },
		body: { ...body, name: `${name}-renamed` },
	})
	const refused = await client.PUT('/users', { body: { id: id + 1000, ...body } })
	const many = await createClient<arrays>(options).POST('/users', {
		params: { query: { by: ['email'] } },
		body: [body, { name: `${name}-2`, email: `${name}@example.org` }, { name: 'x'.repeat(51), email: name }],
	})
	return {
		statuses: [made, found, read, renamed, refused].map(({ response }) => response.status),
		created: [made.data.created, found.data.created],
		id,
		name: read.data?.name,
		renamed: renamed.data && { name: renamed.data.row.name, updated: renamed.data.updated },
		conflicts: refused.error?.status === 409 ? refused.error.conflicts.map(({ key }) => key) : [],
		many: many.data?.map((item) => ('problem' in item ? item.problem.type : item.row.name)) ?? [],
	}
}
