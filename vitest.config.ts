import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// wrangler warns of a required secret that it finds nowhere, and a .dev.vars would win over the environment.
const secrets = { API_TOKENS: 'first-token, second-token', TURSO_AUTH_TOKEN: 'the test server asks for none' }
Object.assign(process.env, secrets)

// Every test runs in the Workers runtime, against a libSQL server that global-setup.ts starts.
export default defineConfig({
	plugins: [
		cloudflareTest(({ inject }) => ({
			wrangler: { configPath: './wrangler.toml' },
			miniflare: {
				bindings: { ...secrets, TURSO_DATABASE_URL: inject('databaseUrl') },
			},
		})),
	],
	test: {
		include: ['test/**/*.test.ts'],
		exclude: ['test/browser'],
		globalSetup: ['./test/global-setup.ts'],
		testTimeout: 30_000,
	},
})
