import { env } from 'cloudflare:workers'
import { createClient } from '@libsql/client/http'
import { integer, sqliteTableCreator, text } from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { resource } from '../../../src/service/resource'
import { serve } from '../../support/app'
import { askApp } from '../../support/ask'
import { fresh } from '../../support/service'

const prefixed = sqliteTableCreator((name) => `app_${name}`)
const things = prefixed('things', { id: integer().primaryKey(), slug: text().notNull().unique() })

beforeAll(async () => {
	const client = createClient({ url: env.TURSO_DATABASE_URL })
	await client.execute('CREATE TABLE app_things (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE)')
})

describe('a table with a prefix', () => {
	it('is served under its real name, which its type may know', async () => {
		const served = resource(things, { name: 'app_things' })
		const name: 'app_things' = served.name
		const response = await askApp(serve([served]), 'POST', `/${name}`, {
			body: JSON.stringify({ slug: fresh('slug') }),
		})
		expect([response.status, response.headers.get('location')]).toEqual([
			201,
			expect.stringMatching(/^\/app_things\/\d+$/),
		])
		expect(resource(things).name).toBe('app_things')
	})

	it('has no other name', () => {
		expect(() => resource(things, { name: 'things' })).toThrow('table "app_things" is not called "things"')
	})
})
