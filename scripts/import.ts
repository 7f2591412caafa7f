import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'rolldown'
import * as v from 'valibot'

// `npm run import`: what `npx edge-get-or-create import` is in the package, from the source.

const importer = v.object({
	importRows: v.custom<(args: string[]) => Promise<number>>((value) => typeof value === 'function'),
})

async function load() {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-import-'))
	try {
		const file = join(folder, 'import.mjs')
		const input = join(import.meta.dirname, '../src/cli/import/index.ts')
		await build({ input, platform: 'node', output: { file } })
		const loaded: unknown = await import(pathToFileURL(file).href)
		return v.parse(importer, loaded)
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

const { importRows } = await load()
// It may stand in the middle of an input.
process.exit(await importRows(process.argv.slice(2)))
