import type { Handler } from 'hono'
import { description, version } from '../../../package.json'
import type { AppEnv } from '../http/app-env'
import type { Resource } from '../resource'
import { HEADERS } from './headers'
import { problemResponses, problemSchemas } from './problem-schemas'
import { rowSchemas } from './row-schemas'
import { servicePaths } from './service-paths'
import { tablePaths } from './table-paths'

/** Serves the OpenAPI document of these tables, built at the first request and kept. */
export function openApi(resources: readonly Resource[]): Handler<AppEnv> {
	let text: string | undefined
	return (c) => {
		text ??= JSON.stringify(openApiDocument(resources))
		return c.body(text, 200, {
			'Content-Type': 'application/json',
			'Cache-Control': 'public, max-age=300',
		})
	}
}

const DESCRIPTION = `${description}

The body of a request is the row itself, never an envelope. Every error is an RFC 9457 problem, and its \`type\` is the address of a page that explains it. A method that a path does not have is answered \`405\` with \`Allow\`, a path that is not here \`404\`. HEAD goes wherever GET does. Text must be well-formed Unicode without U+0000.`

/** The OpenAPI 3.1 document of the service over these tables. */
export function openApiDocument(resources: readonly Resource[]) {
	const service = serviceTag(resources)
	return {
		openapi: '3.1.1',
		info: { title: 'edge-get-or-create', version, description: DESCRIPTION },
		servers: [{ url: '/' }],
		security: [{ bearer: [] }],
		tags: [
			...resources.map(({ info }) => ({ name: info.name })),
			{ name: service, description: 'Pages of the service itself, which need no token.' },
		],
		paths: {
			...Object.fromEntries(resources.flatMap((resource) => Object.entries(tablePaths(resource)))),
			...servicePaths(service),
		},
		components: {
			schemas: {
				...Object.fromEntries(resources.flatMap((resource) => Object.entries(rowSchemas(resource)))),
				...problemSchemas(),
			},
			headers: HEADERS,
			responses: { MethodNotAllowed: problemResponses(['method-not-allowed'])[405] },
			securitySchemes: {
				bearer: {
					type: 'http',
					scheme: 'bearer',
					description: 'One of the tokens in the API_TOKENS secret.',
				},
			},
		},
	}
}

/** What the pages of the service are listed under: no table has the same name. */
function serviceTag(resources: readonly Resource[], tag = 'service'): string {
	return resources.some(({ info }) => info.name === tag) ? serviceTag(resources, `the ${tag}`) : tag
}
