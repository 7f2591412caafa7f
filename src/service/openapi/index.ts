import type { Handler } from 'hono'
import { description, license, version } from '../../../package.json'
import { type AppEnv, stateOf } from '../http/app-env'
import type { Resource } from '../resource'
import { parentAmong } from '../seen'
import { HEADERS } from './headers'
import { problemSchemas } from './problem-schemas'
import { referredIn } from './referred-in'
import { rowSchemas } from './row-schemas'
import { servicePaths } from './service-paths'
import { streamPaths } from './stream-paths'
import { tablePaths } from './table-paths'
import { VIEW, type View } from './view'

/** What the text has wherever the prefix belongs: a character that is in no text. */
const PLACE = '\uffff'

/** Serves the OpenAPI document of these tables; with `?arrays` as it is to those who send arrays. */
export function openApi(
	resources: readonly Resource[],
	{ hasOwnAccess }: Pick<View, 'hasOwnAccess'>,
): Handler<AppEnv> {
	const ofRows = textOf(resources, { hasOwnAccess, isOfArrays: false })
	const ofArrays = textOf(resources, { hasOwnAccess, isOfArrays: true })
	return (c) => {
		const text = c.req.query('arrays') === undefined ? ofRows : ofArrays
		return c.body(text(stateOf(c).prefix), 200, {
			'Content-Type': 'application/json',
			'Cache-Control': 'public, max-age=300',
		})
	}
}

/**
 * The text of a document under any prefix. It is made once, at the first request: anyone may ask, and what they ask must
 * not fill the memory.
 */
function textOf(
	resources: readonly Resource[],
	view: Omit<View, 'prefix' | 'parentOf'>,
): (prefix: string) => string {
	const make = (prefix: string) => JSON.stringify(openApiDocument(resources, { ...view, prefix }))
	let alone: string | undefined
	let pieces: string[] | undefined
	return (prefix) => {
		if (prefix === '') return (alone ??= make(''))
		pieces ??= make(PLACE).split(PLACE)
		return pieces.join(escaped(prefix))
	}
}

/** As a part of a text of JSON. */
function escaped(text: string): string {
	return JSON.stringify(text).slice(1, -1)
}

/** What holds for all operations. */
const descriptionAt = (prefix: string) => `${description}

The body of a request is the row itself, never an envelope. Every error is an RFC 9457 problem, and its \`type\` is the address of a page that explains it. A method that a path does not have is answered \`405\` with \`Allow\`, a path that is not here \`404\`. HEAD goes wherever GET does. Text must be well-formed Unicode without U+0000.

An array of rows is the same request many times. For clients that are generated \`${prefix}/openapi.json?arrays\` describes that as operations of its own.`

/** The OpenAPI 3.1 document of the service over these tables. */
export function openApiDocument(resources: readonly Resource[], options: Partial<View> = {}) {
	const view: View = {
		...VIEW,
		parentOf: (column) => parentAmong(resources, column),
		...options,
	}
	const names = resources.map(({ info }) => info.name)
	const [service, streams] = [unlike(names, 'service'), unlike(names, 'streams')]
	const paths = {
		...Object.fromEntries(resources.flatMap((resource) => Object.entries(tablePaths(resource, view)))),
		...streamPaths(resources, streams, view),
		...servicePaths(service),
	}
	const schemas = {
		...Object.fromEntries(
			resources.flatMap((resource) => Object.entries(rowSchemas(resource, view.parentOf))),
		),
		...problemSchemas(view.prefix),
	}
	return {
		openapi: '3.1.1',
		info: {
			title: 'edge-get-or-create',
			version,
			description: descriptionAt(view.prefix),
			license: { name: license, identifier: license },
		},
		servers: [{ url: view.prefix || '/' }],
		...(view.hasOwnAccess ? {} : { security: [{ bearer: [] }] }),
		tags: [
			...names.map((name) => ({
				name,
				description: `Rows of ${name}: to read, to get or create, to update or create.`,
			})),
			{ name: streams, description: 'Any number of rows of any table, answered while they are arriving.' },
			{ name: service, description: 'Pages of the service itself, which need no token.' },
		],
		paths,
		components: {
			...referredIn(paths, { schemas, headers: HEADERS }),
			...(view.hasOwnAccess ? {} : { securitySchemes: { bearer: BEARER } }),
		},
	}
}

const BEARER = {
	type: 'http',
	scheme: 'bearer',
	description: 'One of the tokens in the API_TOKENS secret.',
}

/** What is no table may be listed under: no table has the same name. */
function unlike(names: readonly string[], tag: string): string {
	return names.includes(tag) ? unlike(names, `the ${tag}`) : tag
}
