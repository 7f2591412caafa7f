import { constants, copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

// `npx edge-get-or-create init`: the files of a new Worker, from the package's template into this folder.

const TEMPLATE = join(import.meta.dirname, 'template')

/** npm would take these files for its own, were they in the package under their names: `_gitignore`. */
function targetOf(file: string): string {
	return join(dirname(file), basename(file).replace(/^_/, '.'))
}

/** What is there already is left as it is. */
function write(file: string): 'wrote' | 'kept' {
	try {
		mkdirSync(dirname(targetOf(file)), { recursive: true })
		copyFileSync(join(TEMPLATE, file), targetOf(file), constants.COPYFILE_EXCL)
		return 'wrote'
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'kept'
		throw error
	}
}

/** Writes them, and says what to do next. */
export function init(): void {
	const files = readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
	for (const { parentPath, name } of files.filter((each) => each.isFile())) {
		const file = join(parentPath, name).slice(TEMPLATE.length + 1)
		console.log(`${write(file)} ${targetOf(file)}`)
	}
	console.log(`
Next, with a libSQL database at the address in .dev.vars (\`turso dev\` starts one):

  npx drizzle-kit generate && npx drizzle-kit migrate   # the tables of src/schema.ts
  npx wrangler dev                                      # http://localhost:8787/docs`)
}
