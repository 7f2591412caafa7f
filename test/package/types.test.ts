import { appendFileSync, readFileSync } from 'node:fs'
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

describe('the types of the package', () => {
	it.each([
		['index', 'node'],
		['client', 'page'],
		['service', 'service'],
	])('have no fault in %s, even where libraries are looked at', async (entry, name) => {
		const faults = await run(project, 'tsc', '-p', name, ...WAYS.nodenext, '--skipLibCheck', 'false').catch(
			String,
		)
		const ours = faults.split('\n').filter((line) => line.includes('node_modules/edge-get-or-create/'))
		// What a page knows of its service's tables comes from the service, whose own types are those of Workers.
		expect(ours.filter((line) => entry === 'service' || !line.includes('/service.d.ts'))).toEqual([])
	})
})
