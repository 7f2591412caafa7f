import { defineConfig } from 'drizzle-kit'

export default defineConfig({
	dialect: 'turso',
	schema: ['./src/schema.ts', './src/get-or-create/idempotency-keys.ts'],
	out: './drizzle',
})
