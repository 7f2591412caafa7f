import { getOrCreateManyUsers } from './generated/orval/arrays.ts'
import { getOrCreateUsers, readUsers, updateOrCreateUsers } from './generated/orval/rows.ts'
import type { Use } from './use.ts'

/** Where the service is, these clients have from orval.config.js. They give an answer of any status: one asks for that first. */
export const use: Use = async (_, token, name) => {
	const options = { headers: { authorization: `Bearer ${token}` } }
	const body = { name, email: `${name}@example.com` }
	const made = await getOrCreateUsers(body, { by: ['name', 'email'] }, options)
	const found = await getOrCreateUsers(body, {}, options)
	if (made.status !== 201 || found.status !== 200) throw new Error('refused')
	const { id } = made.data.row
	const read = await readUsers(id, options)
	const renamed = await updateOrCreateUsers(
		{ ...body, name: `${name}-renamed` },
		{ by: ['email'], update: ['name', 'email'] },
		options,
	)
	const refused = await updateOrCreateUsers({ id: id + 1000, ...body }, {}, options)
	const many = await getOrCreateManyUsers(
		[body, { name: `${name}-2`, email: `${name}@example.org` }, { name: 'x'.repeat(51), email: name }],
		{ by: ['email'] },
		options,
	)
	return {
		statuses: [made, found, read, renamed, refused].map(({ status }) => status),
		created: [made.data.created, found.data.created],
		id,
		name: read.status === 200 ? read.data.name : undefined,
		renamed:
			renamed.status === 200 ? { name: renamed.data.row.name, updated: renamed.data.updated } : undefined,
		conflicts: refused.status === 409 ? refused.data.conflicts.map(({ key }) => key) : [],
		many:
			many.status === 200
				? many.data.map((item) => ('problem' in item ? item.problem.type : item.row.name))
				: [],
	}
}
