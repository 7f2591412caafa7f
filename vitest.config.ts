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

// Tests run in the Workers runtime, against a libSQL server that global-setup.ts starts;
// those of test/node need what it does not have.
export default defineConfig({
	test: {
		// Log lines and warnings of tests that pass are what those tests are about.
		silent: 'passed-only',
		projects: [
			{
				plugins: [
					cloudflareTest(({ inject }) => ({
						wrangler: { configPath: './wrangler.toml' },
						miniflare: {
							bindings: { ...secrets, TURSO_DATABASE_URL: inject('databaseUrl') },
							// The service once more, as it is deployed: a Worker of its own, for those that call it over a binding.
							ratelimits: { LIMITER: { namespace_id: '1', simple: { limit: 3, period: 60 } } },
							serviceBindings: { SERVICE: 'service', ROWS: { name: 'service', entrypoint: 'GetOrCreate' } },
							workers: [
								{
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
					name: 'workers',
					include: ['test/**/*.test.ts'],
					exclude: ['test/node/**', 'test/runtime/**', 'test/browser/**'],
					globalSetup: ['./test/global-setup.ts'],
					testTimeout: 30_000,
				},
			},
			{ test: { name: 'node', include: ['test/{node,runtime}/**/*.test.ts'] } },
		],
	},
})
