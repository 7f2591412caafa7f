import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, inject, it } from 'vitest'
import { run } from './project.ts'

const { project } = inject('packed')

/** Bundles a module for a page. Returns the code, and the packages that are in it. */
async function bundled(
	entry: string,
	...options: string[]
): Promise<{ file: string; code: string; packages: string[] }> {
	const file = join(project, `${entry.replaceAll('/', '-')}.js`)
	await run(
		project,
		'esbuild',
		entry,
		'--bundle',
		'--format=esm',
		`--outfile=${file}`,
		`--metafile=${file}.json`,
		...options,
	)
	const { inputs }: { inputs: object } = JSON.parse(readFileSync(`${file}.json`, 'utf8'))
	const packages = Object.keys(inputs).flatMap(
		(input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [],
	)
	return { file, code: readFileSync(file, 'utf8'), packages: [...new Set(packages)] }
}

describe('the bundle of a page that uses the client', () => {
	it('has the client in it and no other package', async () => {
		expect((await bundled('page/main.ts')).packages).toEqual(['edge-get-or-create'])
	})

	it('is small: under 4 KB of it is the client, minified and gzipped', async () => {
		const { file } = await bundled('edge-get-or-create/client', '--minify')
		expect(statSync(file).size).toBeGreaterThan(500)
		expect(gzipSync(readFileSync(file)).length).toBeLessThan(4096)
	})
})
