import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../src/service/http/problem.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** As GitHub names the headings of a page. */
function anchorsOf(page: string): string[] {
	const headings = page.replaceAll(/^```[^]*?^```/gm, '').match(/^#+ .+$/gm) ?? []
	return headings.map((heading) =>
		heading
			.replace(/^#+ /, '')
			.toLowerCase()
			.replaceAll(/[^\p{L}\p{N} _-]/gu, '')
			.replaceAll(' ', '-'),
	)
}

describe('the pages', () => {
	it('tell of each problem what to do about it in production, in one line', () => {
		const [, section = ''] = read('docs/operations.md').split('## What each problem means in production')
		const lines = section.split('\n## ')[0]?.matchAll(/^\| `([a-z-]+)` +\| (\d+) +\| (.+?) *\|$/gm) ?? []
		expect(Array.from(lines, ([, slug, status, what]) => [slug, Number(status), what])).toEqual(
			Object.entries(PROBLEMS).map(([slug, { status }]) => [slug, status, expect.any(String)]),
		)
	})

	it('link to what is there', () => {
		const broken = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root })].flatMap(
			(file) => {
				const links = read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)
				return Array.from(links).flatMap(([link, path = '', anchor]) => {
					const target = path === '' ? file : join(dirname(file), path)
					const isThere = globSync(target, { cwd: root }).length > 0
					const isRight = isThere && (anchor === undefined || anchorsOf(read(target)).includes(anchor))
					return isRight ? [] : [`${file}: ${link}`]
				})
			},
		)
		expect(broken).toEqual([])
	})
})
