import { createClient } from '@libsql/client/http'
import { and, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql/http'
import { type ColumnInfo, casingOf } from '../../src/get-or-create/table'
import { resources } from '../../src/resources'
import { rowCodecOf } from '../../src/service/http/row'
import type { Resource } from '../../src/service/resource'
import { seenTable } from '../../src/service/seen'
import type { DevEnv } from './dev'

type Row = Record<string, unknown>

interface Raced {
	resource: Resource
	by: ColumnInfo[]
	/** On our own table, whose unique index refuses a second row; else on one without. */
	isUnique: boolean
}

/**
 * What everyone writes first, to be raced with: at `ask` for a row, at `count` for how many rows there are for some. A
 * failure is told as an answer like others: of each that is none a browser complains in its console.
 */
export async function selectThenInsert(request: Request, env: DevEnv): Promise<Response> {
	const { pathname, searchParams } = new URL(request.url)
	const resource: Resource | undefined = resources.find(({ name }) => name === searchParams.get('table'))
	const tokens = env.API_TOKENS.split(',').map((token) => `Bearer ${token.trim()}`)
	if (
		request.method !== 'POST' ||
		!resource ||
		!tokens.includes(request.headers.get('authorization') ?? '')
	) {
		return Response.json({ outcome: 'error', what: 'There is no such table, or no such token.' })
	}
	const raced: Raced = {
		resource,
		by: searchParams
			.getAll('by')
			.flatMap((name) => resource.visible.find(({ property }) => property === name) ?? []),
		isUnique: searchParams.get('unique') === 'true',
	}
	const body: unknown = await request.json()
	if (pathname.endsWith('/count')) {
		const rows = Array.isArray(body)
			? body.map((row) => rowCodecOf(seenTable(resources, resource)).parse(row).row)
			: []
		const counts = await Promise.all(rows.map(async (row) => await count(raced, row, env)))
		return Response.json({ rows: counts.reduce((sum, each) => sum + each, 0) })
	}
	try {
		return Response.json({
			outcome: await ask(raced, rowCodecOf(seenTable(resources, resource)).parse(body).row, env),
		})
	} catch (error) {
		return Response.json({ outcome: 'error', what: reasonOf(error) })
	}
}

/** Between the two somebody else inserts. */
async function ask(raced: Raced, row: Row, env: DevEnv): Promise<'created' | 'existing'> {
	const { table } = raced.resource
	const db = database(raced, env)
	const [found] = await db.select({ one: sql`1` }).from(table).where(isAsked(raced, row)).limit(1)
	if (found) return 'existing'
	await db.insert(table).values(row)
	return 'created'
}

async function count(raced: Raced, row: Row, env: DevEnv): Promise<number> {
	return await database(raced, env).$count(raced.resource.table, isAsked(raced, row))
}

function isAsked({ by }: Raced, row: Row) {
	return and(...by.map(({ property, column }) => eq(column, row[property])))
}

function database({ resource, isUnique }: Raced, env: DevEnv) {
	const casing = casingOf({ dialect: { casing: resource.info.casing } })
	const client = isUnique
		? createClient({ url: env.TURSO_DATABASE_URL, authToken: env.TURSO_AUTH_TOKEN })
		: createClient({ url: env.RACE_DATABASE_URL })
	return drizzle(client, casing ? { casing } : {})
}

/** The database's own words, which Drizzle wraps in the whole statement. */
function reasonOf(error: unknown): string {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
	return (cause instanceof Error ? cause.message : String(cause)).replace(/^SQLITE_\w+: SQLite error: /, '')
}
