import { defineConfig } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

// What the package has in dist/lib: an ES module for each of its entries, their types, and the command.

const common = {
	platform: 'neutral',
	transform: { target: 'es2022' },
	checks: { pluginTimings: false },
} as const
/** Nothing of other packages is taken in, but for what the compiler itself needs. */
const external = /^(?!\0|@oxc-project\/runtime)[^./]/

export default defineConfig([
	{
		...common,
		input: {
			index: './src/get-or-create/index.ts',
			service: './src/service/index.ts',
			client: './src/client/index.ts',
			schema: './src/get-or-create/schema.ts',
		},
		external,
		plugins: [dts({ tsconfig: 'tsconfig.json' })],
		output: { dir: 'dist/lib', cleanDir: true, chunkFileNames: 'shared/[name]-[hash].js' },
	},
	{ ...common, input: { init: './scripts/init.ts' }, external, output: { dir: 'dist/lib' } },
])
