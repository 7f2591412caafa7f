import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOURCE = join(import.meta.dirname, '../../src')

/** What each part may import of the others. The Worker of this repository may import all of them. */
const LAYERS: Record<string, readonly string[]> = {
	database: [],
	'get-or-create': ['database'],
	service: ['get-or-create', 'database'],
	client: ['service', 'get-or-create'],
	cli: ['client', 'service'],
	browser: ['service'],
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
	file.endsWith('.ts'),
)
const imports = new Map(files.map((file) => [file, importsOf(file)]))

describe('the source', () => {
	it('is imported one way: service, heart, database', () => {
		const wrong = [...imports].flatMap(([file, targets]) => {
			const allowed = LAYERS[partOf(file)]
			return targets
				.filter((target) => allowed && !['..', partOf(file), ...allowed].includes(partOf(target)))
				.map((target) => `${file} -> ${target}`)
		})
		expect(wrong).toEqual([])
	})

	it('has no circle of imports, be it of types', () => {
		const circles = new Set<string>()
		const done = new Set<string>()
		const visit = (file: string, path: readonly string[]) => {
			const at = path.indexOf(file)
			if (at >= 0) circles.add([...path.slice(at), file].join(' -> '))
			if (at >= 0 || done.has(file)) return
			for (const target of imports.get(file) ?? []) visit(target, [...path, file])
			done.add(file)
		}
		for (const file of files) visit(file, [])
		expect([...circles]).toEqual([])
	})

	it('knows no Workers below the service', () => {
		const wrong = files.filter(
			(file) =>
				['database', 'get-or-create', 'client'].includes(partOf(file)) &&
				/cloudflare:|\bnode:|\bBuffer\b/.test(readFileSync(join(SOURCE, file), 'utf8')),
		)
		expect(wrong).toEqual([])
	})
})

function partOf(file: string): string {
	return file.split('/', 1)[0] ?? ''
}

function importsOf(file: string): string[] {
	const text = readFileSync(join(SOURCE, file), 'utf8')
	return [...text.matchAll(/\bfrom '(\.[^']+)'/g)].map(([, path = '']) => {
		const target = relative(SOURCE, join(SOURCE, dirname(file), path))
		return files.find((known) => [target, `${target}.ts`, join(target, 'index.ts')].includes(known)) ?? target
	})
}
