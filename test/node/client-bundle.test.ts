import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const MAX_BYTES = 4096

describe('the client in a bundle', () => {
	it('is under 4 KB, minified and gzipped, and has nothing in it but itself', async () => {
		const { output } = await build({
			input: join(ROOT, 'src/client/index.ts'),
			output: { minify: true },
			write: false,
		})
		const [chunk] = output
		const modules = chunk.moduleIds.map((id) => relative(ROOT, id))
		expect(modules.filter((file) => !/^src\/client\/[\w-]+\.ts$/.test(file))).toEqual([])
		expect([output.length, chunk.imports]).toEqual([1, []])
		expect(chunk.code.match(/drizzle|hono/gi)).toBeNull()
		expect(gzipSync(chunk.code).length).toBeLessThan(MAX_BYTES)
	})
})
