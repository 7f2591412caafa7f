import { type Context, Hono } from 'hono'
import { httpBatch } from '../database/client'
import type { Batch } from '../database/send'
import { settingsOf } from '../env'
import { rowOrThrow } from '../get-or-create/outcome'
import { type RowRequest, rowRequest } from '../get-or-create/row-request'
import { findRow, runTransaction } from '../get-or-create/transaction'
import type { AppEnv } from './app-env'
import { jsonBody } from './body'
import { only } from './method'
import { Problem } from './problem'
import { byParameter, requireKnownParameters, visibleColumn } from './query'
import type { Resource } from './resource'
import { type RowFormat, rowFormat } from './row'

/** The routes of one table. */
export function tableRoutes(resource: Resource): Hono<AppEnv> {
	const { info } = resource
	const format = rowFormat(resource)
	const routes = new Hono<AppEnv>()

	routes.post('/', async (c) => {
		requireKnownParameters(c, ['by'])
		const by = byParameter(c, resource)
		const request = rowRequest(info, { verb: 'get-or-create', by, ...format.parse(await jsonBody(c)) })
		const [outcome] = await withDatabase(c, (batch, deadline) =>
			runTransaction(batch, [{ request, call: 0 }], deadline),
		)
		const { values, created } = rowOrThrow(outcome)
		const row = format.present(values)
		if (created) c.header('Location', locationOf(resource, row))
		return c.json({ row, created }, created ? 201 : 200)
	})

	routes.get('/', async (c) => {
		const row = filterOf(c, resource, format)
		return await answerRow(c, format, rowRequest(info, { verb: 'get', row }))
	})

	routes.get('/:key', async (c) => {
		requireKnownParameters(c, [])
		const row = pathKey(c, resource, format)
		if (!row) throw notFound()
		return await answerRow(c, format, rowRequest(info, { verb: 'get', row }))
	})

	routes.all('/', only('GET, HEAD, POST'))
	routes.all('/:key', only('GET, HEAD'))
	return routes
}

/** Runs with a client of this request's own, inside the request's deadline, and notes the time for Server-Timing. */
async function withDatabase<T>(
	c: Context<AppEnv>,
	run: (batch: Batch, deadline: number) => Promise<T>,
): Promise<T> {
	const { database, timeout } = settingsOf(c.env)
	const start = Date.now()
	try {
		return await run(httpBatch(database), start + timeout)
	} finally {
		c.set('databaseMs', Date.now() - start)
	}
}

async function answerRow(c: Context<AppEnv>, format: RowFormat, request: RowRequest): Promise<Response> {
	const values = await withDatabase(c, (batch, deadline) => findRow(batch, request, deadline))
	if (!values) throw notFound()
	return c.json(format.present(values))
}

/** `?a=1&b=x` as a row. @throws Problem for a column that isn't there or a value that it can't have. */
function filterOf(c: Context<AppEnv>, resource: Resource, format: RowFormat): Record<string, unknown> {
	const row: Record<string, unknown> = {}
	for (const [property, [text = '', ...more]] of Object.entries(c.req.queries())) {
		const column = visibleColumn(resource, property, 'The filter')
		const value = more.length === 0 ? format.parseText(column, text) : undefined
		if (value === undefined) {
			throw new Problem('invalid-parameter', `"${property}" must be given once, with a value of its type.`)
		}
		row[property] = value
	}
	return row
}

/** The row with the primary key that a path's last segment spells: its values, percent-encoded, with commas between. */
function pathKey(
	c: Context<AppEnv>,
	{ info: { primaryKey } }: Resource,
	format: RowFormat,
): Record<string, unknown> | undefined {
	const parts = new URL(c.req.url).pathname.split('/').at(-1)?.split(',') ?? []
	if (!primaryKey || parts.length !== primaryKey.columns.length) return undefined
	const row: Record<string, unknown> = {}
	for (const [i, column] of primaryKey.columns.entries()) {
		const text = decoded(parts[i])
		const value = text === undefined ? undefined : format.parseText(column, text)
		if (value === undefined) return undefined
		row[column.property] = value
	}
	return row
}

function decoded(part = ''): string | undefined {
	try {
		return decodeURIComponent(part)
	} catch {
		return undefined
	}
}

/** Where a row can be read: by its primary key, or in a table without one by a unique key. */
function locationOf({ info, keys }: Resource, row: Record<string, unknown>): string {
	const path = `/${encodeURIComponent(info.name)}`
	const key = keys.find((candidate) => candidate === info.primaryKey) ?? keys[0]
	const values = key?.columns.map(({ property }) => [property, String(row[property])]) ?? []
	return key === info.primaryKey
		? `${path}/${values.map(([, value = '']) => encodeURIComponent(value)).join(',')}`
		: `${path}?${new URLSearchParams(values).toString()}`
}

function notFound(): Problem {
	return new Problem('not-found', 'There is no such row.')
}
