import { JSONParser } from '@streamparser/json'
import type { Entries } from './entry'
import { cellsOf, refusedRow, refusedText } from './json-entry'
import { messageOf, Stop, Wrong } from './stop'

/** The rows of a JSON array, of which only a piece is in memory. @throws Stop while they are read, where it is none. */
export function readJson(text: AsyncIterable<string>): Entries {
	return {
		refusedAs: { extension: 'ndjson', head: '' },
		rows: (async function* () {
			let number = 0
			for await (const json of itemsOf(text)) {
				number++
				const at = `item ${number}`
				const cells = cellsOf(json)
				const asText = JSON.stringify(json)
				yield {
					at,
					cells,
					size: asText.length,
					refused: (reason: string) =>
						cells instanceof Wrong ? refusedText(at, reason, asText) : refusedRow(at, reason, cells),
				}
			}
		})(),
	}
}

async function* itemsOf(text: AsyncIterable<string>): AsyncGenerator {
	const parser = new JSONParser({ paths: ['$.*'], keepStack: false })
	let items: unknown[] = []
	let count = 0
	let fault: Error | undefined
	parser.onValue = ({ value }) => {
		items.push(value)
		count++
	}
	parser.onError = (error) => {
		fault ??= error
	}
	for await (const piece of text) {
		if (piece.trim() !== '' || !parser.isEnded) parser.write(piece)
		// Those before the fault are whole.
		yield* items
		items = []
		if (fault) break
	}
	if (!fault && !parser.isEnded) parser.end()
	if (fault) throw new Stop(`The input is no JSON array: after item ${count}: ${messageOf(fault)}`)
}
