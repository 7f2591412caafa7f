import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fastifyApiReference from '@scalar/fastify-api-reference'

// `[build]` in wrangler.toml: the script behind /docs, from node_modules into the folder of static assets.

const FILE = join(import.meta.dirname, '../dist/assets/docs/scalar.js')

interface Route {
	url: string
	handler: (request: null, reply: Reply) => unknown
}

interface Reply {
	header(name: string, value: string): Reply
	send(body: unknown): unknown
}

/**
 * Scalar as one file, as its plugin for Fastify would serve it: that package brings 16 packages, the library 270.
 * @throws Error where a new version of the plugin serves no such file.
 */
function scalar(): string {
	const routes: Route[] = []
	const fastify = { route: (route: Route) => routes.push(route), initialConfig: {} }
	fastifyApiReference(fastify, { configuration: { url: '/openapi.json' } }, () => undefined)
	const reply: Reply = { header: () => reply, send: (body) => body }
	const script = routes.find(({ url }) => url.endsWith('.js'))?.handler(null, reply)
	if (typeof script !== 'string') throw new Error('@scalar/fastify-api-reference serves no script any more')
	return script.replace(/\n\/\/# sourceMappingURL=.*$/, '\n')
}

const script = scalar()
// wrangler watches the folder: an unchanged file is left alone.
if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== script) {
	mkdirSync(dirname(FILE), { recursive: true })
	writeFileSync(FILE, script)
}
