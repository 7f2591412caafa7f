import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestHarness, type TestHarness } from 'wrangler'
import { type Block, blocksOf, tablesOf } from '../support/markdown.ts'
import { startDatabase, type TestDatabase } from './database.ts'
import { ROOT, run } from './project.ts'

const IMPORTS = `import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
export { idempotencyKeys } from 'edge-get-or-create/schema'
`

const WORKER = `import { createService, resource } from 'edge-get-or-create/service'
import * as schema from './schema.ts'

const { accounts, idempotencyKeys, ...tables } = schema
const resources = [resource(accounts, { hidden: ['password'] }), ...Object.values(tables).map((table) => resource(table))]
export default { fetch: createService({ resources }).fetch }
`

const CONFIG = `name = "page"
main = "index.ts"
compatibility_date = "2026-07-01"
`

/** Where pages say that the service and the database are. */
const SERVICE = 'http://localhost:8787'
const DATABASE = 'http://127.0.0.1:8080'

export interface Value {
	/** Of the page. */
	line: number
	is: unknown
	wanted: unknown
}

/** A service with the tables of a page, on an empty database. */
export class PageStage {
	readonly #page: string
	readonly #folder: string
	readonly #database: TestDatabase
	readonly #server: TestHarness
	readonly #origin: string

	private constructor(
		page: string,
		folder: string,
		database: TestDatabase,
		server: TestHarness,
		origin: string,
	) {
		this.#page = page
		this.#folder = folder
		this.#database = database
		this.#server = server
		this.#origin = origin
	}

	/** Of the text of a page, in a folder of a project that has installed the package. */
	static async start(page: string, folder: string): Promise<PageStage> {
		mkdirSync(folder, { recursive: true })
		const ours = readFileSync(join(ROOT, 'src/schema.ts'), 'utf8').replace(/^import .*\n/, IMPORTS)
		writeFileSync(join(folder, 'schema.ts'), [ours, ...tablesOf(page).map(({ code }) => code)].join('\n'))
		writeFileSync(join(folder, 'index.ts'), WORKER)
		writeFileSync(join(folder, 'wrangler.toml'), CONFIG)
		const schema: Record<string, unknown> = await import(join(folder, 'schema.ts'))
		const database = await startDatabase(schema)
		const secrets = { TURSO_DATABASE_URL: database.url, TURSO_AUTH_TOKEN: 'none', API_TOKENS: 'dev-token' }
		const server = createTestHarness({
			workers: [{ configPath: join(folder, 'wrangler.toml'), secrets }],
		})
		const { url } = await server.listen()
		return new PageStage(page, folder, database, server, url.origin)
	}

	/** What a command of the page prints. */
	async prints(command: string): Promise<string> {
		const quietly = 'curl() { command curl -sS "$@"; }\n'
		return await run(this.#folder, 'sh', '-c', quietly + this.#here(command))
	}

	/** What the expressions of the page's TypeScript are, each time, where it tells of them. Its types are right. */
	async values(): Promise<Value[]> {
		const program = programOf(this.#page)
		if (program === undefined) return []
		const main = join(this.#folder, 'main.ts')
		writeFileSync(main, this.#here(program))
		const config = { extends: '../../node/tsconfig.json', files: ['main.ts'] }
		writeFileSync(join(this.#folder, 'tsconfig.json'), JSON.stringify(config))
		await run(this.#folder, 'tsc', '-p', '.')
		return JSON.parse(await run(this.#folder, process.execPath, main))
	}

	async stop(): Promise<void> {
		await this.#server.close()
		await this.#database.stop()
	}

	#here(code: string): string {
		return code.replaceAll(SERVICE, this.#origin).replaceAll(DATABASE, this.#database.url)
	}
}

/** An expression, what it is, and what it is when it is asked once more: `created // true, then false`. */
const TELLING = /^(\w\S*(?:\(.*\))?) \/\/ (.+?)(?:, then (.+))?$/m

/** The TypeScript of a page that tells of values, as a program that says what they are. Undefined where there is none. */
function programOf(page: string): string | undefined {
	const code = blocksOf(page).filter(({ language }) => language === 'ts')
	const needed = code.filter((block) => block.code.includes(DATABASE))
	const bodies = code.filter((block) => TELLING.test(block.code)).map(bodyOf)
	if (bodies.length === 0) return undefined
	return `${needed.map((block) => block.code).join('')}
const values: object[] = []
for (const body of [${bodies.join(',\n')}]) for (const time of [0, 1]) await body(time)
console.log(JSON.stringify(values))
`
}

/** A block that notes its values, each under its line of the page. */
function bodyOf({ code, line }: Block): string {
	const lines = code.split('\n').map((text, index) => {
		const [, expression, value, other = value] = TELLING.exec(text) ?? []
		if (expression === undefined) return text
		return `values.push({ line: ${line + index + 1}, is: ${expression}, wanted: time === 0 ? ${value} : ${other} })`
	})
	return `async (time: number) => {\n${lines.join('\n')}}`
}
