/** A fenced block of a page, as a reader copies it. */
export interface Block {
	/** What stands behind the fence: `sh`, `ts`; "" for what a program printed. */
	language: string
	code: string
	/** Where it begins. */
	line: number
}

const FENCED = /^( *)```(\w*)\n(.*?)^\1```$/gms

export function blocksOf(page: string): Block[] {
	return Array.from(page.matchAll(FENCED), ({ index, 1: indent = '', 2: language = '', 3: code = '' }) => ({
		language,
		code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
		line: page.slice(0, index).split('\n').length,
	}))
}

/** A command, and the blocks behind it, which show what it prints: the second what it prints the second time. */
export interface Command {
	command: Block
	answers: Block[]
}

/** The commands of which a page shows what they print. */
export function commandsOf(page: string): Command[] {
	const commands: Command[] = []
	let open: Command | undefined
	for (const block of blocksOf(page)) {
		if (block.language === 'sh') commands.push((open = { command: block, answers: [] }))
		else if (block.language === '' || block.language === 'json') open?.answers.push(block)
		else open = undefined
	}
	return commands.filter(({ answers }) => answers.length > 0)
}

/** Blocks that define tables. */
export function tablesOf(page: string): Block[] {
	return blocksOf(page).filter(({ language, code }) => language === 'ts' && code.includes('= sqliteTable('))
}

/** Where it leads to: `docs/api.md#arrays`, `#arrays`, `https://…`. */
export function linksOf(page: string): string[] {
	return Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target)
}

/** The names of its headings in a link, as GitHub makes them. */
export function anchorsOf(page: string): string[] {
	return Array.from(proseOf(page).matchAll(/^#{1,6} (.+)$/gm), ([, heading = '']) =>
		heading
			.toLowerCase()
			.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
			.replaceAll(' ', '-'),
	)
}

function proseOf(page: string): string {
	return page.replaceAll(FENCED, '')
}
