import { env } from 'cloudflare:workers'
import { createClient } from '@libsql/client/http'
import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql/http'
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { getOrCreate, updateOrCreate } from '../../../src/get-or-create'
import { resource, withCasing } from '../../../src/service/resource'
import { serve } from '../../support/app'
import { askApp } from '../../support/ask'
import { database, fresh } from '../../support/service'

const teamsOf = (name: string) =>
	sqliteTable(name, { teamId: integer().primaryKey(), fullName: text().notNull().unique() })

function membersOf(name: string, teams: ReturnType<typeof teamsOf>) {
	return sqliteTable(
		name,
		{
			memberId: integer().primaryKey(),
			teamId: integer()
				.notNull()
				.references(() => teams.teamId),
			mailAddress: text().notNull(),
			ownName: text('OWN_name'),
			seenTimes: integer()
				.notNull()
				.default(0)
				.$onUpdate(() => sql`seen_times + 1`),
			upperAddress: text().generatedAlwaysAs(sql`upper(mail_address)`),
		},
		(table) => [
			unique().on(table.teamId, table.mailAddress),
			uniqueIndex(`${name}_own`).on(table.ownName),
			index(`${name}_seen`).on(table.seenTimes),
		],
	)
}

const client = createClient({ url: env.TURSO_DATABASE_URL })
const teams = teamsOf('cased_teams')
const members = membersOf('cased_members', teams)

beforeAll(async () => {
	await client.batch(
		[
			`CREATE TABLE cased_teams (team_id INTEGER PRIMARY KEY, full_name TEXT NOT NULL UNIQUE)`,
			`CREATE TABLE cased_members (member_id INTEGER PRIMARY KEY, team_id INTEGER NOT NULL REFERENCES cased_teams (team_id),
				mail_address TEXT NOT NULL, OWN_name TEXT, seen_times INTEGER NOT NULL DEFAULT 0,
				upper_address TEXT GENERATED ALWAYS AS (upper(mail_address)) VIRTUAL, UNIQUE (team_id, mail_address), UNIQUE (OWN_name))`,
			`CREATE TABLE camel_rows (rowId INTEGER PRIMARY KEY, lastName TEXT NOT NULL UNIQUE)`,
		],
		'write',
	)
})

describe("columns that are called as Drizzle's casing has it", () => {
	const app = serve(withCasing('snake_case', [resource(teams), resource(members)]))

	it('are served', async () => {
		const fullName = fresh('team')
		const team = await askApp(app, 'POST', '/cased_teams', { body: JSON.stringify({ fullName }) })
		const { teamId } = (await team.json<{ row: { teamId: number } }>()).row
		expect([team.status, team.headers.get('location')]).toEqual([201, `/cased_teams/${teamId}`])
		const row = { teamId, mailAddress: 'Ann@x', ownName: fresh('own') }
		const send = async (method: string, path: string, body?: object) => {
			const response = await askApp(app, method, `/cased_members${path}`, {
				body: body && JSON.stringify(body),
			})
			return [response.status, await response.json()]
		}
		const made = { ...row, memberId: expect.any(Number), seenTimes: 0, upperAddress: 'ANN@X' }
		expect(await send('POST', '', row)).toEqual([201, { row: made, created: true }])
		expect(await send('POST', '?by=teamId,mailAddress', row)).toEqual([200, { row: made, created: false }])
		const other = { ...row, ownName: fresh('other') }
		const updated = { ...made, ...other, seenTimes: 1 }
		expect(await send('PUT', '?by=teamId,mailAddress', other)).toEqual([
			200,
			{ row: updated, created: false, updated: true },
		])
		expect(await send('GET', `?ownName=${other.ownName}`)).toEqual([200, updated])
		const [, orphan] = await send('POST', '', { ...row, teamId: -1, ownName: fresh('own') })
		expect(orphan).toMatchObject({ status: 422, errors: [{ pointer: '/teamId' }] })
	})

	it('are found by the functions, from the database', async () => {
		const db = drizzle(client, { casing: 'snake_case' })
		const fullName = fresh('team')
		const made = await getOrCreate(db, teams, { fullName })
		expect(made).toEqual({ created: true, row: { teamId: expect.any(Number), fullName } })
		expect(await getOrCreate(db, teams, { fullName })).toEqual({ ...made, created: false })
		expect(await db.select().from(teams).where(eq(teams.fullName, fullName))).toEqual([made.row])
	})

	it('are found in camelCase too', async () => {
		const db = drizzle(client, { casing: 'camelCase' })
		const people = sqliteTable('camel_rows', {
			row_id: integer().primaryKey(),
			last_name: text().notNull().unique(),
		})
		const row = { last_name: fresh('name') }
		const made = await updateOrCreate(db, people, row)
		expect(made).toMatchObject({ created: true, row })
		expect(await updateOrCreate(db, people, row)).toEqual({ ...made, created: false, updated: false })
		const response = await askApp(serve(withCasing('camelCase', [resource(people)])), 'POST', '/camel_rows', {
			body: JSON.stringify(row),
		})
		expect(await response.json()).toEqual({ row: made.row, created: false })
	})
})

it('where schema and database differ the service is not migrated, and the log names the column', async () => {
	const app = serve([resource(members)])
	const log = vi.spyOn(console, 'error').mockImplementation(() => {})
	for (const [method, path] of [
		['POST', '/cased_members'],
		['GET', '/cased_members?ownName=x'],
		['GET', '/healthz'],
		['GET', '/healthz?read'],
	] as const) {
		const body = method === 'POST' ? '{"ownName":"x","teamId":1,"mailAddress":"y"}' : undefined
		const response = await askApp(app, method, path, { body })
		const problem = await response.json()
		expect([response.status, problem]).toMatchObject([500, { type: '/problems/misconfigured' }])
		expect(log.mock.lastCall?.[0]).toMatch(
			/unmigrated.*cased_members has no column memberId, teamId, mailAddress, seenTimes, upperAddress\).*casing/,
		)
	}
	log.mockRestore()
})

it('where a table has no rowid, and the schema lets its key be null, the log says what mends it', async () => {
	const columns = { a: text(), d: integer(), n: integer() }
	const table = sqliteTable('rowidless', columns, (own) => [primaryKey({ columns: [own.a, own.d] })])
	await database().run(
		sql`CREATE TABLE IF NOT EXISTS rowidless (a TEXT, d INTEGER, n INTEGER, PRIMARY KEY (a, d)) WITHOUT ROWID`,
	)
	const log = vi.spyOn(console, 'error').mockImplementation(() => {})
	const app = serve([resource(table)])
	for (const path of ['/rowidless', '/healthz']) {
		const sent = path === '/healthz' ? {} : { body: '{"a":"x","d":1,"n":2}' }
		const response = await askApp(app, path === '/healthz' ? 'GET' : 'PUT', path, sent)
		expect(response.status).toBe(500)
		expect(log.mock.lastCall?.[0]).toMatch(
			/unproven.*rowidless is WITHOUT ROWID, where no key is null: add \.notNull\(\) to a, d in the schema/,
		)
	}
	log.mockRestore()
})
