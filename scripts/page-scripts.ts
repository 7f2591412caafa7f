import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import fastifyApiReference from '@scalar/fastify-api-reference'
import { build } from 'rolldown'

// `[build]` in wrangler.toml: the scripts of /docs and /race into the folder of static assets, each under a name that
// has its hash, so that browsers may keep it, and what they are called into names.json.

const ROOT = join(import.meta.dirname, '..')
const ASSETS = join(ROOT, 'dist/assets')

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

async function race(): Promise<string> {
	const { output } = await build({
		cwd: ROOT,
		input: './src/browser/race.ts',
		platform: 'browser',
		output: { format: 'iife', minify: true },
		write: false,
	})
	return output[0].code
}

/** Writes a script beside its former self's place, which is deleted. Returns its name among the assets. */
function put(name: string, script: string): string {
	const hash = createHash('sha256').update(script).digest('hex').slice(0, 16)
	const hashed = name.replace('.js', `-${hash}.js`)
	const folder = join(ASSETS, dirname(hashed))
	mkdirSync(folder, { recursive: true })
	for (const file of readdirSync(folder))
		if (file !== basename(hashed)) rmSync(join(folder, file), { force: true })
	write(hashed, script)
	return hashed
}

/** wrangler watches the folder: an unchanged file is left alone. */
function write(name: string, text: string): void {
	const file = join(ASSETS, name)
	if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

const scripts = { 'docs/scalar.js': scalar(), 'race/race.js': await race() }
const names = Object.entries(scripts).map(([name, script]) => [name, put(name, script)])
write('names.json', JSON.stringify(Object.fromEntries(names)))
