import * as v from 'valibot'
import type { Options } from './arguments'
import { nearest } from './nearest'
import { messageOf, Stop } from './stop'

/** As much of a column's JSON Schema as says how a cell of CSV is read. */
export interface ColumnSchema {
	type?: string | string[] | undefined
	format?: string | undefined
	oneOf?: ColumnSchema[] | undefined
	anyOf?: ColumnSchema[] | undefined
}
const COLUMN: v.GenericSchema<unknown, ColumnSchema> = v.looseObject({
	type: v.optional(v.union([v.string(), v.array(v.string())])),
	format: v.optional(v.string()),
	oneOf: v.optional(v.array(v.lazy(() => COLUMN))),
	anyOf: v.optional(v.array(v.lazy(() => COLUMN))),
})
const OPERATION = v.object({
	requestBody: v.object({
		content: v.object({
			'application/json': v.object({
				schema: v.looseObject({
					properties: v.record(v.string(), COLUMN),
					required: v.optional(v.array(v.string()), []),
				}),
			}),
		}),
	}),
})
const DOCUMENT = v.pipe(
	v.string(),
	v.parseJson(),
	v.object({
		paths: v.record(v.string(), v.looseObject({})),
		components: v.optional(v.looseObject({}), {}),
	}),
)

/** A table, as the service's OpenAPI document has it. */
export interface Table {
	name: string
	/** The columns that a row may give. */
	columns: ReadonlyMap<string, ColumnSchema>
	/** Those that it has to. */
	required: readonly string[]
	/** The JSON Schema of a row. */
	schema: object
}

/** Asks the service what a table is. @throws Stop where it can't be asked, or has no such table. */
export async function tableOf(
	{ url, token, table: name, isUpdate }: Pick<Options, 'url' | 'token' | 'table' | 'isUpdate'>,
	signal: AbortSignal,
): Promise<Table> {
	const { paths, components } = await documentAt(url, token, signal)
	const path = paths[`/${encodeURIComponent(name)}`] ?? paths[`/${name}`]
	const operation = v.safeParse(OPERATION, path?.[isUpdate ? 'put' : 'post'])
	if (!operation.success) {
		const tables = Object.keys(paths).flatMap((each) => {
			const isTable = /^\/[^/{]+$/.test(each) && v.is(OPERATION, paths[each]?.['post'])
			return isTable ? decodeURIComponent(each.slice(1)) : []
		})
		throw new Stop(`There is no table "${name}" at ${url}: ${nearest(name, tables)}`)
	}
	const { properties, required } = operation.output.requestBody.content['application/json'].schema
	return {
		name,
		columns: new Map(Object.entries(properties)),
		required,
		// References in it are to the document.
		schema: { type: 'object', properties, required, additionalProperties: false, components },
	}
}

/** How long the service may take to say what it has. */
const PATIENCE_MS = 30_000

async function documentAt(url: string, token: string, signal: AbortSignal) {
	let text: string
	let status: number
	try {
		const headers = { authorization: `Bearer ${token}` }
		const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
		const response = await fetch(`${url}/openapi.json`, { headers, signal: patience })
		status = response.status
		text = await response.text()
	} catch (error) {
		signal.throwIfAborted()
		const reason = error instanceof Error ? (error.cause ?? error) : error
		throw new Stop(`The service can't be reached at API_URL, ${url}: ${messageOf(reason)}`)
	}
	const document = v.safeParse(DOCUMENT, text)
	if (document.success) return document.output
	throw new Stop(`There is no such service at API_URL: ${url}/openapi.json answered ${status}.`)
}
