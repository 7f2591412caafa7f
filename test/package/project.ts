import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'

export const ROOT = join(import.meta.dirname, '../..')
const BIN = join(ROOT, 'node_modules/.bin')

/** Runs a program to its end, as a person in that folder would, not as a script of this repository. Returns what it printed. */
export async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
	const env = Object.entries(process.env).filter(
		([name]) => !/^npm_|^INIT_CWD$|^NODE_ENV$|^VITEST/.test(name),
	)
	try {
		const { stdout, stderr } = await promisify(execFile)(command, args, {
			cwd,
			env: { ...Object.fromEntries(env), PATH: `${BIN}:${process.env.PATH}`, NO_COLOR: '1' },
			maxBuffer: 1 << 26,
		})
		return stdout + stderr
	} catch (error) {
		// What a compiler says stands in what it prints.
		if (error instanceof Error && 'stdout' in error && 'stderr' in error)
			error.message += `\n${String(error.stdout)}${String(error.stderr)}`
		throw error
	}
}

/** Packs the package as `npm pack` does. Returns where it is. */
export async function pack(folder: string): Promise<string> {
	await run(ROOT, 'npm', 'run', 'build')
	const [packed] = v.parse(
		v.pipe(v.string(), v.parseJson(), v.tuple([v.object({ filename: v.string() })])),
		await run(ROOT, 'npm', 'pack', '--json', '--loglevel=error', `--pack-destination=${folder}`),
	)
	return join(folder, packed.filename)
}

/** What is installed here, in this very version: npm has it at hand. */
function asHere(name: string): string {
	const manifest = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')
	const { version } = v.parse(v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() })), manifest)
	return `${name}@${version}`
}

/** Makes a project that has installed the package, with its peers, and has the tools of this repository. */
export async function makeProject(folder: string, tarball: string): Promise<void> {
	mkdirSync(folder, { recursive: true })
	writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
	const peers = ['drizzle-orm', 'hono', '@libsql/client'].map(asHere)
	await run(
		folder,
		'npm',
		'install',
		'--prefer-offline',
		'--no-audit',
		'--no-fund',
		'--ignore-scripts',
		tarball,
		...peers,
	)
	for (const tool of ['@cloudflare/vitest-plugin', '@types/node', 'drizzle-kit', 'vitest', 'wrangler'])
		link(folder, tool)
}

/** A tool of this repository, for a project that would install it, and has not. */
export function link(folder: string, tool: string): void {
	const target = join(folder, 'node_modules', tool)
	if (existsSync(target)) return
	mkdirSync(dirname(target), { recursive: true })
	symlinkSync(join(ROOT, 'node_modules', tool), target)
}

/** A folder of this repository, as a part of the project. */
export function copy(from: string, to: string): void {
	cpSync(join(ROOT, from), to, { recursive: true })
}
