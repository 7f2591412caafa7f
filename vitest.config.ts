import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { compatibilityDate } from './scripts/bundle.ts'

// wrangler warns of a required secret that it finds nowhere, and a .dev.vars would win over the environment.
const secrets = { API_TOKENS: 'first-token, second-token', TURSO_AUTH_TOKEN: 'the test server asks for none' }
Object.assign(process.env, secrets)

/** The bundle, without its log: what a Worker of its own prints goes to the terminal, even of tests that pass. */
const QUIET = `export * from './bundle.js'
export { default } from './bundle.js'
console.log = console.error = () => undefined`

/** What callers are promised. */
const CONTRACT = [
	'test/contract/{post,put,arrays,atomic,ndjson,get,idempotency-key,references,rpc}.test.ts',
	'test/contract/tables/*.test.ts',
	'test/client/client.test.ts',
]

/** Tests in the Workers runtime, against a libSQL server that global-setup.ts starts. */
function workers(name: string, include: string[], options: { durableObjects?: Record<string, string> } = {}) {
	return {
		plugins: [
			cloudflareTest(({ inject }) => ({
				wrangler: { configPath: './wrangler.toml' },
				miniflare: {
					...options,
					bindings: { ...secrets, TURSO_DATABASE_URL: inject('databaseUrl') },
					ratelimits: { LIMITER: { namespace_id: '1', simple: { limit: 3, period: 60 } } },
					// The service once more, as it is deployed: a Worker of its own, for those that call it over a binding.
					serviceBindings: { SERVICE: 'service', ROWS: { name: 'service', entrypoint: 'GetOrCreate' } },
					workers: [
						{
							...options,
							name: 'service',
							modules: [
								{ type: 'ESModule', path: 'index.js', contents: QUIET },
								{ type: 'ESModule', path: 'bundle.js', contents: inject('bundle') },
							],
							compatibilityDate: compatibilityDate(),
							bindings: { ...secrets, TURSO_DATABASE_URL: inject('databaseUrl') },
						},
					],
				},
			})),
		],
		test: {
			name,
			include,
			exclude: ['test/{process,node,package,fuzz,browser,faults,race,client/faults}/**'],
			globalSetup: ['./test/global-setup.ts'],
			testTimeout: 30_000,
		},
	}
}

// The contract holds whichever way a transaction goes; the other tests need what Workers don't have.
export default defineConfig({
	test: {
		// Log lines and warnings of tests that pass are what those tests are about.
		silent: 'passed-only',
		// One would leave a processor idle whenever it waits for the database.
		maxWorkers: 2,
		projects: [
			workers('isolate', ['test/**/*.test.ts']),
			workers('object', CONTRACT, { durableObjects: { GROUP_COMMIT: 'GroupCommit' } }),
			{
				test: {
					name: 'node',
					include: ['test/{process,node,fuzz}/**/*.test.ts'],
					globalSetup: ['./test/bundle-setup.ts'],
				},
			},
			{
				test: {
					name: 'package',
					include: ['test/package/*.test.ts'],
					globalSetup: ['./test/package/setup.ts'],
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				test: {
					name: 'faults',
					include: ['test/{faults,race,client/faults}/**/*.test.ts'],
					globalSetup: ['./test/bundle-setup.ts'],
					testTimeout: 60_000,
					// Each has servers of its own, and wants them to be quick.
					fileParallelism: false,
				},
			},
		],
	},
})
