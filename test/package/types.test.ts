import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { run } from './project.ts'

const { project } = inject('packed')

const WORKERS = ['rpc', 'service', 'mounted', 'sign-in', 'webhooks', 'tenants', 'snippets']

const WAYS = {
	bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
	nodenext: ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
}

/** What `wrangler types` gives a Worker: its own bindings, and the runtime, which takes long and is the same for all. */
beforeAll(async () => {
	const typesOf = (name: string) => join(project, name, 'worker-configuration.d.ts')
	await Promise.all(
		WORKERS.map((name) =>
			run(join(project, name), 'wrangler', 'types', `--include-runtime=${String(name === 'rpc')}`),
		),
	)
	const [, runtime = ''] = readFileSync(typesOf('rpc'), 'utf8').split('// Begin runtime types')
	for (const name of WORKERS) if (name !== 'rpc') appendFileSync(typesOf(name), runtime)
})

describe.each(Object.entries(WAYS))('with types that are resolved as by %s', (_, options) => {
	it.each(['node', 'page', ...WORKERS])('%s is right, strictly', async (name) => {
		expect(await run(project, 'tsc', '-p', name, ...options)).toBe('')
	})
})

describe('the types of the package have no fault, even where libraries are looked at', () => {
	/** What is wrong in the package itself: what Drizzle's types lack where a driver isn't installed is not ours. */
	const faultsIn = async (name: string) =>
		(await run(project, 'tsc', '-p', name, ...WAYS.nodenext, '--skipLibCheck', 'false').catch(String))
			.split('\n')
			.filter((line) => line.includes('node_modules/edge-get-or-create/'))

	it('in a Worker', async () => {
		expect(await faultsIn('service')).toEqual([])
	})

	it('anywhere else, all but the service', async () => {
		const folder = join(project, 'anywhere')
		mkdirSync(folder)
		const config = {
			extends: '../tsconfig.json',
			compilerOptions: { lib: ['es2022', 'dom'] },
			files: ['all.ts'],
		}
		writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
		const entries = ['', '/client', '/schema'].map((entry) => `export {} from 'edge-get-or-create${entry}'\n`)
		writeFileSync(join(folder, 'all.ts'), entries.join(''))
		expect(await faultsIn('anywhere')).toEqual([])
	})
})
