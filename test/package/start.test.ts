import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Child, startChild } from '../../scripts/child.ts'
import { answers, freePort } from '../../scripts/server.ts'
import { startDatabase, type TestDatabase } from './database.ts'
import { link, ROOT, run } from './project.ts'

const { tarball, project } = inject('packed')
const folder = join(dirname(project), 'started')

/** The commands under "A new Worker" in the README, one a line. */
const [install = '', init = '', start = '', ...more] = (
	/### A new Worker\n.*?```sh\n(.*?)\n```/s.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? ''
)
	.split('\n')
	.map((line) => line.replace(/#.*/, '').trim())

/** As it stands there, but for what is not at the registry yet, and for tools that are here already. */
async function enter(command: string): Promise<string> {
	const quick = '--prefer-offline --no-audit --no-fund --ignore-scripts'
	return await run(
		folder,
		'sh',
		'-c',
		command
			.replace('npm install edge-get-or-create ', `npm install ${quick} ${tarball} `)
			.replace(/ && npm install -D .*/, '')
			.replaceAll('npx drizzle-kit', 'drizzle-kit'),
	)
}

let database: TestDatabase
let worker: Child | undefined

beforeAll(async () => {
	mkdirSync(folder)
	database = await startDatabase({})
})

afterAll(async () => {
	await worker?.stop()
	await database.stop()
})

describe('the three commands of the README', () => {
	it('make a Worker in an empty folder, which keeps what is there', async () => {
		expect(more).toEqual([])
		await enter(install)
		for (const tool of ['wrangler', 'drizzle-kit']) link(folder, tool)
		expect(await enter(init)).toContain('wrote src/index.ts')
		expect(await enter(init)).toContain('kept src/index.ts')
		await run(folder, 'wrangler', 'types')
		expect(await run(folder, 'tsc', '-p', '.')).toBe('')
	})

	it('serve it with wrangler dev, on a database with its tables', async () => {
		const settings = join(folder, '.dev.vars')
		writeFileSync(settings, readFileSync(settings, 'utf8').replace('http://127.0.0.1:8080', database.url))
		const [migrate = '', serve = ''] = start.split(' && npx wrangler ')
		await enter(migrate)
		expect(serve).toBe('dev')
		const port = await freePort()
		worker = startChild('sh', [
			'-c',
			'cd "$0" && exec "$@"',
			folder,
			join(ROOT, 'node_modules/.bin/wrangler'),
			serve,
			`--port=${port}`,
			'--inspector-port=0',
			'--show-interactive-dev-session=false',
		])
		worker.process.stdout?.resume()
		worker.process.stderr?.resume()
		const origin = `http://localhost:${port}`
		await answers(`${origin}/healthz`, 50_000)
		const headers = { authorization: 'Bearer dev-token', 'content-type': 'application/json' }
		const body = JSON.stringify({ name: 'Alice', email: 'alice@example.com' })
		const ask = async () => (await fetch(`${origin}/users`, { method: 'POST', headers, body })).status
		expect([await ask(), await ask()]).toEqual([201, 200])
		expect(await (await fetch(`${origin}/docs`)).text()).toContain('/docs/scalar-')
	})
})
