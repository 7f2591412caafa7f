import { describe, expect, it } from 'vitest'
import { fresh } from '../../support/service'
import { ask } from '../../support/tables'

describe('rows that are larger than an answer of the database may be', () => {
	it('are answered all the same', async () => {
		const slugs = Array.from({ length: 20 }, () => fresh('large'))
		const label = 'x'.repeat(900_000)
		for (const slug of slugs) expect((await ask('POST', '/tags', { slug, label })).status).toBe(201)
		const slug = fresh('new')
		const answer = await ask('POST', '/tags?by=slug', [{ slug }, ...slugs.map((known) => ({ slug: known }))])
		expect(answer.status).toBe(200)
		expect(answer.body).toEqual([
			{ row: { slug, label: null }, created: true },
			...slugs.map((known) => ({ row: { slug: known, label }, created: false })),
		])
	})
})
