import { expect, it } from 'vitest'
import { resource } from '../../src/service/resource'
import { serve } from '../support/app'
import { askApp } from '../support/ask'
import * as schema from '../support/schema'
import { fresh } from '../support/service'
const app = serve([resource(schema.books), resource(schema.authors), resource(schema.countries)])
it('times', async () => {
	for (const atomic of ['', '&atomic=true', '']) {
		const authors = Array.from({ length: 10 }, () => ({ email: fresh('a'), name: fresh('A') }))
		const rows = Array.from({ length: 1000 }, (_, i) => ({ title: fresh('t'), authorId: authors[i % 10] }))
		for (const round of [0, 1]) {
			const t = Date.now()
			const r = await askApp(app, 'POST', '/books?by=title,authorId&by.authorId=email' + atomic, { body: JSON.stringify(rows) })
			const b: any = await r.json()
			console.error('TIME', atomic, round, Date.now() - t, r.status, b.length, Array.isArray(b) ? b.filter((x: any) => x.references?.authorId?.created).length : b, Array.isArray(b) ? b.filter((x: any) => x.created).length : '')
		}
	}
	expect(1).toBe(2)
})
