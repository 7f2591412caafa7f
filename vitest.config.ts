import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { compatibilityDate } from './scripts/bundle.ts'

// wrangler warns of a required secret that it finds nowhere, and a .dev.vars would win over the environment.
const secrets = { API_TOKENS: 'first-token, second-token', TURSO_AUTH_TOKEN: 'the test server asks for none' }
Object.assign(process.env, secrets)

// Tests run in the Workers runtime, against a libSQL server that global-setup.ts starts;
// those of test/node need what it does not have.
export default defineConfig({
	test: {
		projects: [
			{
				plugins: [
					cloudflareTest(({ inject }) => ({
						wrangler: { configPath: './wrangler.toml' },
						miniflare: {
							bindings: { ...secrets, TURSO_DATABASE_URL: inject('databaseUrl') },
							// The service once more, as it is deployed: a Worker of its own, for those that call it over a binding.
							serviceBindings: { SERVICE: 'service', ROWS: { name: 'service', entrypoint: 'GetOrCreate' } },
							workers: [
								{
									name: 'service',
									modules: [{ type: 'ESModule', path: 'index.js', contents: inject('bundle') }],
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
					exclude: ['test/node/**', 'test/runtime/**', 'test/fuzz/**', 'test/browser/**'],
					globalSetup: ['./test/global-setup.ts'],
					testTimeout: 30_000,
				},
			},
			{ test: { name: 'node', include: ['test/{node,runtime,fuzz}/**/*.test.ts'] } },
		],
	},
})
