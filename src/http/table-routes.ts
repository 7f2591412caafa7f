import { type Context, Hono } from 'hono'
import { type RowRequest, rowRequest } from '../get-or-create/row-request'
import type { AppEnv } from './app-env'
import { find } from './database'
import { only } from './method'
import { Problem } from './problem'
import { knownParameters, visibleColumn } from './query'
import type { Resource } from './resource'
import { type RowFormat, rowFormat } from './row'
import { write } from './write'

/** The routes of one table. */
export function tableRoutes(resource: Resource): Hono<AppEnv> {
	const { info } = resource
	const format = rowFormat(resource)
	const routes = new Hono<AppEnv>()

	routes.post('/', write(resource, format, 'get-or-create'))
	routes.put('/', write(resource, format, 'update-or-create'))

	routes.get('/', async (c) => {
		const row = filterOf(c, resource, format)
		return await answerRow(c, format, rowRequest(info, { verb: 'get', row }))
	})

	routes.get('/:key', async (c) => {
		knownParameters(c, [])
		const row = pathKey(c, resource, format)
		if (!row) throw notFound()
		return await answerRow(c, format, rowRequest(info, { verb: 'get', row }))
	})

	routes.all('/', only('GET, HEAD, POST, PUT'))
	routes.all('/:key', only('GET, HEAD'))
	return routes
}

async function answerRow(c: Context<AppEnv>, format: RowFormat, request: RowRequest): Promise<Response> {
	const values = await find(c, request)
	if (!values) throw notFound()
	c.get('notes').outcome = 'found'
	return c.json(format.present(values))
}

/** `?a=1&b=x` as a row. @throws Problem for a column that isn't there or a value that it can't have. */
function filterOf(c: Context<AppEnv>, resource: Resource, format: RowFormat): Record<string, unknown> {
	const row: Record<string, unknown> = {}
	for (const [property, text] of new URL(c.req.url).searchParams) {
		const column = visibleColumn(resource, property, 'The filter')
		const value = Object.hasOwn(row, property) ? undefined : format.parseText(column, text)
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

function notFound(): Problem {
	return new Problem('not-found', 'There is no such row.')
}
