import { defineConfig } from 'drizzle-kit'

try {
	process.loadEnvFile('.dev.vars')
} catch {
	// What it would set is in the environment.
}

export default defineConfig({
	dialect: 'turso',
	schema: './src/schema.ts',
	out: './drizzle',
	dbCredentials: {
		url: process.env['TURSO_DATABASE_URL'] ?? '',
		authToken: process.env['TURSO_AUTH_TOKEN'] ?? '',
	},
})
