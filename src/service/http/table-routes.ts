import type { Handler, MiddlewareHandler } from 'hono'
import type { Resource } from '../resource'
import { type AppEnv, type Place, stateOf } from './app-env'
import { only } from './method'
import { decoded, NO_SEGMENTS, segmentsOf, tablePath } from './path'
import { nowhere } from './problem'
import { readByFilter, readByPath } from './read'
import { rowCodecOf } from './row'
import { write } from './write'

/**
 * Finds the table that the path names, in any percent-encoding. Without one there is nothing here, and nobody is asked
 * for a token. Not by routes, since Hono matches paths that are decoded in part, and gives up its fastest router where
 * a parameter stands beside the service's own pages.
 * @throws Error where two resources share a path, or one can have none.
 */
export function namedTable(resources: readonly Resource[]): MiddlewareHandler<AppEnv> {
	const places = new Map(resources.map((resource) => [resource.info.name, placesOf(resource)]))
	if (places.size < resources.length) throw new Error('a table is listed twice among the resources')
	const unreachable = [...places.keys()].find((name) => NO_SEGMENTS.includes(name))
	if (unreachable !== undefined)
		throw new Error(`table "${unreachable}" can't be served: no client would ask for its path`)
	return async (c, next) => {
		const state = stateOf(c)
		const depth = state.prefix === '' ? 0 : state.prefix.split('/').length - 1
		const [first = '', key, ...more] = segmentsOf(c.req.url).slice(depth)
		const table = places.get(decoded(first) ?? '')
		if (!table || key === '' || more.length > 0) return nowhere()
		state.place = key === undefined ? table.rows : table.row
		return await next()
	}
}

/** Answers at the place that namedTable has found. */
export const answerTable: Handler<AppEnv> = async (c, next) => {
	const { place } = stateOf(c)
	if (!place) return nowhere()
	const { method } = c.req
	const handler = place.handlers.get(method === 'HEAD' ? 'GET' : method) ?? only(place.allow)
	return await handler(c, next)
}

/** The places of one table: all of its rows, and one of them. */
function placesOf(resource: Resource): { rows: Place; row: Place } {
	const rowCodec = rowCodecOf(resource)
	const path = tablePath(resource.info.name)
	return {
		rows: {
			path,
			handlers: new Map([
				['GET', readByFilter(resource, rowCodec)],
				['POST', write(resource, rowCodec, 'get-or-create')],
				['PUT', write(resource, rowCodec, 'update-or-create')],
			]),
			allow: 'GET, HEAD, POST, PUT',
		},
		row: {
			path: `${path}/:key`,
			handlers: new Map([['GET', readByPath(resource, rowCodec)]]),
			allow: 'GET, HEAD',
		},
	}
}
