import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { type Block, commandsOf } from '../support/markdown.ts'
import { PageStage } from './page-stage.ts'
import { ROOT } from './project.ts'

// What the pages show is done as a reader would, from top to bottom, on an empty database with the tables of the page:
// - a command is run, in a shell, where a block behind it shows what it prints; each further block, after the same again;
// - `expression // value` in TypeScript has that value; `// value, then other` the other one when it is run again.

const { project } = inject('packed')

it.each(['README.md', 'docs/api.md', 'docs/recipes.md', 'docs/coming-from.md'])(
	'%s is as it shows',
	async (path) => {
		const page = readFileSync(join(ROOT, path), 'utf8')
		const stage = await PageStage.start(page, join(project, 'pages', path.replaceAll('/', '-')))
		try {
			const commands = commandsOf(page)
			for (const { command, answers } of commands) {
				for (const answer of answers) {
					const printed = await stage.prints(command.code)
					const { is, wanted } = compared(printed, answer)
					expect(is, `line ${answer.line}, of ${printed}`).toMatchObject(wanted)
				}
			}
			const values = await stage.values()
			for (const { line, is, wanted } of values) expect(is, `line ${line}`).toEqual(wanted)
			expect(commands.length + values.length).toBeGreaterThan(0)
		} finally {
			await stage.stop()
		}
	},
)

/** Of JSON what is shown, but for `…`; else each line that is shown, in its order, with others between them. */
function compared(printed: string, { language, code }: Block): { is: unknown; wanted: object } {
	if (language === 'json') return { is: JSON.parse(printed), wanted: withoutDots(code) }
	const wanted = linesOf(code)
	const is: string[] = []
	for (const line of linesOf(printed)) if (line === wanted[is.length]) is.push(line)
	return { is, wanted }
}

function withoutDots(json: string): object {
	return JSON.parse(json, (_, value: unknown) => (value === '…' ? undefined : value))
}

/** Names of headers go by any case; a body has no line end of its own. */
function linesOf(text: string): string[] {
	return text
		.split(/\r?\n|(?=HTTP\/1\.1 )/)
		.map((line) => line.trim().replace(/^[\w-]+: /, (name) => name.toLowerCase()))
		.filter(Boolean)
}
