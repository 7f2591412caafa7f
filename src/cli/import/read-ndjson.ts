import { type Cell, type Entries, type Entry, isRefusal, REFUSED_TEXT } from './entry'
import { cellsOf, refusedRow, refusedText } from './json-entry'
import { messageOf, Stop, Wrong } from './stop'

/** Longer than any row that the service takes. */
const MAX_LINE = 4 * 1024 * 1024

/** The rows of NDJSON, one a line. @throws Stop while they are read, where a line has no end. */
export function readNdjson(text: AsyncIterable<string>): Entries {
	return {
		refusedAs: { extension: 'ndjson', head: '' },
		rows: (async function* () {
			let number = 0
			for await (const line of linesOf(text)) {
				number++
				if (line.trim() !== '') yield entryOf(line, `line ${number}`)
			}
		})(),
	}
}

async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
	let rest = ''
	for await (const piece of text) {
		const lines = (rest + piece).split('\n')
		rest = lines.pop() ?? ''
		if (rest.length > MAX_LINE) throw new Stop('The input is no NDJSON: a line of it is longer than 4 MiB.')
		yield* lines
	}
	yield rest
}

function entryOf(line: string, at: string): Entry {
	const cells = parsed(line)
	if (!(cells instanceof Wrong)) {
		const [only, ...others] = cells.filter(([name]) => name === REFUSED_TEXT || !isRefusal(name))
		// One that was refused as it was, and is mended.
		if (others.length === 0 && only?.[0] === REFUSED_TEXT) return entryOf(String(only[1]), at)
	}
	return {
		at,
		cells,
		size: line.length,
		refused: (reason) =>
			// JSON.parse has rounded them.
			cells instanceof Wrong || /\d{16}/.test(line)
				? refusedText(at, reason, line.trim())
				: refusedRow(at, reason, cells),
	}
}

function parsed(line: string): readonly Cell[] | Wrong {
	try {
		return cellsOf(JSON.parse(line))
	} catch (error) {
		return new Wrong(`is not JSON: ${messageOf(error)}`)
	}
}
