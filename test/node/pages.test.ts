import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../src/service/http/problem'
import { anchorsOf, linksOf, tablesOf } from '../support/markdown'

const ROOT = join(import.meta.dirname, '../..')
const DOCS = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...DOCS.map((name) => `docs/${name}`)]

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

describe.each(PAGES)('%s', (page) => {
	it('leads nowhere but to files and headings that are there', () => {
		const links = linksOf(read(page)).filter((target) => !/^(https?:|<?http:)/.test(target))
		const broken = links.filter((target) => {
			const [path = '', anchor] = target.split('#')
			const file = path === '' ? page : join(dirname(page), path)
			if (!existsSync(join(ROOT, file))) return true
			return anchor !== undefined && !anchorsOf(read(file)).includes(anchor)
		})
		expect(broken).toEqual([])
	})
})

describe('the tables of the pages', () => {
	const tables = PAGES.flatMap((page) => tablesOf(read(page)).map((block) => ({ page, ...block })))

	it('pass the check of the format where they are to stand, in src/schema.ts', () => {
		expect(tables.length).toBeGreaterThan(2)
		const schema = `${read('src/schema.ts')}\n${tables.map(({ code }) => code).join('\n')}`
		const { stdout } = spawnSync('biome', ['format', '--stdin-file-path=src/schema.ts'], {
			cwd: ROOT,
			input: schema,
			encoding: 'utf8',
			env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}` },
		})
		expect(stdout).toBe(schema)
	})
})

describe('the problems in docs/api.md', () => {
	it('are those that the service has, with their statuses', () => {
		const rows = read('docs/api.md').matchAll(/^\| `\/problems\/([a-z-]+)` +\| (\d+) /gm)
		expect(Object.fromEntries(Array.from(rows, ([, slug, status]) => [slug, Number(status)]))).toEqual(
			Object.fromEntries(Object.entries(PROBLEMS).map(([slug, { status }]) => [slug, status])),
		)
	})
})

describe('docs/failures.md', () => {
	it('tells of each problem what to do about it in production, in one line', () => {
		const [, section = ''] = read('docs/failures.md').split('## What each problem means in production')
		const lines = section.split('\n## ')[0]?.matchAll(/^\| `([a-z-]+)` +\| (\d+) +\| (.+?) *\|$/gm) ?? []
		expect(Array.from(lines, ([, slug, status, what]) => [slug, Number(status), what])).toEqual(
			Object.entries(PROBLEMS).map(([slug, { status }]) => [slug, status, expect.any(String)]),
		)
	})
})
