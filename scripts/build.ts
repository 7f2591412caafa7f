import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'rolldown'

// `npm run build`: what the package has. ES modules, their types and the template in dist/lib; the scripts of
// pages in dist/assets.

const root = join(import.meta.dirname, '..')
const lib = join(root, 'dist/lib')
const emitted = join(root, 'dist/types')

const ENTRIES = {
	index: 'src/get-or-create/index.ts',
	schema: 'src/get-or-create/schema.ts',
	service: 'src/service/index.ts',
	client: 'src/client/index.ts',
	bin: 'src/cli/bin.ts',
}

function run(...command: string[]): void {
	execFileSync(process.execPath, command, { cwd: root, stdio: 'inherit' })
}

async function buildModules(): Promise<void> {
	await build({
		cwd: root,
		input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, `./${file}`])),
		platform: 'neutral',
		transform: { target: 'es2022' },
		// Nothing of other packages is taken in, but for what the compiler itself needs.
		external: /^(?!\0|@oxc-project\/runtime)[^./]/,
		output: { dir: lib, chunkFileNames: 'shared/[name]-[hash].js' },
	})
}

/** The compiler leaves `./table` as it is, which a bundler's user may import and Node's may not: it is `./table.js` there. */
function buildTypes(): void {
	run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
	// What is run, and not imported, has none.
	const files = Object.values(ENTRIES).flatMap((file) => (file === ENTRIES.bin ? [] : declarationOf(file)))
	for (let file = files.shift(); file !== undefined; file = files.shift()) {
		const target = join(lib, 'types', file.slice('src/'.length))
		if (existsSync(target)) continue
		const folder = dirname(file)
		const text = readFileSync(join(emitted, file), 'utf8').replace(
			/(\bfrom |\bimport\()(["'])(\.[^"']+)\2/g,
			(_, before: string, quote: string, path: string) => {
				const isFile = existsSync(join(emitted, folder, `${path}.d.ts`))
				const to = isFile ? path : `${path}/index`
				files.push(join(folder, `${to}.d.ts`))
				return `${before}${quote}${to}.js${quote}`
			},
		)
		mkdirSync(dirname(target), { recursive: true })
		writeFileSync(target, text)
	}
	rmSync(emitted, { recursive: true })
}

const declarationOf = (file: string): string => file.replace(/\.ts$/, '.d.ts')

rmSync(lib, { recursive: true, force: true })
run('scripts/page-scripts.ts')
await buildModules()
buildTypes()
cpSync(join(root, 'template'), join(lib, 'template'), { recursive: true })
