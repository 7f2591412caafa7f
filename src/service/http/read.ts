import type { Context, Handler } from 'hono'
import { type RowRequest, rowRequest } from '../../get-or-create/row-request'
import type { Resource } from '../resource'
import { answerJson } from './answer'
import { type AppEnv, stateOf } from './app-env'
import { find } from './database'
import { decoded, segmentsOf } from './path'
import { Problem } from './problem'
import { knownParameters, visibleColumn } from './query'
import type { RowCodec } from './row'

/** The handler of GET with a unique key in the query. */
export function readByFilter(resource: Resource, rowCodec: RowCodec): Handler<AppEnv> {
	return async (c) => {
		const row = filterOf(c, resource, rowCodec)
		return await answerRow(c, rowCodec, rowRequest(resource.info, { verb: 'get', row }))
	}
}

/** The handler of GET with the primary key in the path. */
export function readByPath(resource: Resource, rowCodec: RowCodec): Handler<AppEnv> {
	return async (c) => {
		knownParameters(c, [])
		const row = pathKey(segmentsOf(c.req.url).at(-1) ?? '', resource, rowCodec)
		if (!row) throw notFound()
		return await answerRow(c, rowCodec, rowRequest(resource.info, { verb: 'get', row }))
	}
}

async function answerRow(c: Context<AppEnv>, rowCodec: RowCodec, request: RowRequest): Promise<Response> {
	const values = await find(c, request)
	if (!values) throw notFound()
	stateOf(c).logFields.outcome = 'found'
	return answerJson(c, 200, rowCodec.present(values))
}

/** `?a=1&b=x` as a row. @throws Problem for a column that isn't there or a value that it can't have. */
function filterOf(c: Context<AppEnv>, resource: Resource, rowCodec: RowCodec): Record<string, unknown> {
	const row = new Map<string, unknown>()
	for (const [property, text] of new URL(c.req.url).searchParams) {
		const column = visibleColumn(resource, property, 'The filter')
		const value = row.has(property) ? undefined : rowCodec.parseText(column, text)
		if (value === undefined) {
			throw new Problem('invalid-parameter', `"${property}" must be given once, with a value of its type.`)
		}
		row.set(property, value)
	}
	return Object.fromEntries(row)
}

/** The row with the primary key that a segment spells: its values, percent-encoded, with commas between. */
function pathKey(
	segment: string,
	{ info: { primaryKey } }: Resource,
	rowCodec: RowCodec,
): Record<string, unknown> | undefined {
	const columns = primaryKey?.columns ?? []
	const parts = partsOf(segment, columns.length)
	if (!parts) return undefined
	const values = columns.map((column, place) => {
		const text = parts[place]
		return [column.property, text === undefined ? undefined : rowCodec.parseText(column, text)] as const
	})
	return values.every(([, value]) => value !== undefined) ? Object.fromEntries(values) : undefined
}

function partsOf(segment: string, count: number): (string | undefined)[] | undefined {
	const parts = segment.split(',')
	if (parts.length === count) return parts.map(decoded)
	// Many clients encode a whole segment, its commas too.
	const whole = decoded(segment)?.split(',')
	return whole?.length === count ? whole : undefined
}

function notFound(): Problem {
	return new Problem('not-found', 'There is no such row.')
}
