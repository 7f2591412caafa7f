import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

it('the clauses of the contract, as CONTRIBUTING lists them, each have a test of the name that is told', () => {
	const listed = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8').matchAll(
		/^\| .* \| \[.*\]\((test\/\S+)\): (.*?) +\|$/gm,
	)
	const clauses = [...listed].map(([, file = '', name = '']) => ({ file, name }))
	expect(clauses.length).toBeGreaterThan(40)
	expect(clauses.filter(({ file, name }) => !readFileSync(join(ROOT, file), 'utf8').includes(name))).toEqual(
		[],
	)
})
