import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..')

/** Builds a Worker as `npm run deploy` would, with the settings of wrangler.toml. Returns its code. */
export async function bundle(main: string, folder: string): Promise<string> {
	const wrangler = join(ROOT, 'node_modules/.bin/wrangler')
	await promisify(execFile)(wrangler, ['deploy', main, '--dry-run', '--outdir', folder], { cwd: ROOT })
	return readFileSync(join(folder, basename(main).replace(/\.ts$/, '.js')), 'utf8')
}

/** The compatibility date of wrangler.toml. */
export function compatibilityDate(): string {
	const date = /^compatibility_date = "(.+)"$/m.exec(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'))?.[1]
	if (date === undefined) throw new Error('wrangler.toml has no compatibility_date')
	return date
}
