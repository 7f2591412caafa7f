import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as v from 'valibot'
import { bundle } from './bundle.ts'
import type { Database } from './migrations.ts'

const asked = v.object({
	lackIn: v.custom<(url: string, authToken?: string) => Promise<string | undefined>>(
		(value) => typeof value === 'function',
	),
})

/** What the database lacks of what src/schema.ts says, in words: a table, a column, or a key without its unique index. */
export async function lackIn({ url, authToken }: Database): Promise<string | undefined> {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-prove-'))
	try {
		const file = join(folder, 'prove.mjs')
		writeFileSync(file, await bundle('scripts/workers/prove.ts', folder))
		const loaded: unknown = await import(pathToFileURL(file).href)
		return await v.parse(asked, loaded).lackIn(url, authToken)
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}
