import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const { TURSO_DATABASE_URL = '' } = process.env

export default defineConfig({
	plugins: [
		cloudflareTest({
			wrangler: { configPath: './wrangler.toml' },
			miniflare: { bindings: { TURSO_DATABASE_URL, API_TOKENS: 'first-token' } },
		}),
	],
})
