import { getOrCreateManyUsers } from './generated/hey-api/arrays/sdk.gen.ts'
import { createClient } from './generated/hey-api/rows/client/index.ts'
import { getOrCreateUsers, readUsers, updateOrCreateUsers } from './generated/hey-api/rows/sdk.gen.ts'
import type { Use } from './use.ts'

export const use: Use = async (baseUrl, token, name) => {
	const client = createClient({ baseUrl, auth: token })
	const body = { name, email: `${name}@example.com` }
	const made = await getOrCreateUsers({ client, query: { by: ['name', 'email'] }, body })
	const found = await getOrCreateUsers({ client, body })
	if (made.error || found.error) throw new Error('refused')
	const { id } = made.data.row
	const read = await readUsers({ client, path: { id } })
	const renamed = await updateOrCreateUsers({
		client,
		query: { by: ['email'], update: ['name', 'email'] },
		body: { ...body, name: `${name}-renamed` },
	})
	const refused = await updateOrCreateUsers({ client, body: { id: id + 1000, ...body } })
	const many = await getOrCreateManyUsers({
		client,
		query: { by: ['email'] },
		body: [body, { name: `${name}-2`, email: `${name}@example.org` }, { name: 'x'.repeat(51), email: name }],
	})
	return {
		statuses: [made, found, read, renamed, refused].map(({ response }) => response?.status),
		created: [made.data.created, found.data.created],
		id,
		name: read.data?.name,
		renamed: renamed.data && { name: renamed.data.row.name, updated: renamed.data.updated },
		conflicts: refused.error?.status === 409 ? refused.error.conflicts.map(({ key }) => key) : [],
		many: many.data?.map((item) => ('problem' in item ? item.problem.type : item.row.name)) ?? [],
	}
}
