import type { Options } from './arguments'
import type { Entries, Format } from './entry'
import { begun, type Input } from './input'
import { readCsv } from './read-csv'
import { readJson } from './read-json'
import { readNdjson } from './read-ndjson'

/** The rows of an input. @throws Stop, then or while they are read, where it is no such input. */
export async function entriesOf(
	input: Input,
	{ format, delimiter }: Pick<Options, 'format' | 'delimiter'>,
): Promise<Entries> {
	const { beginning, all } = await begun(input.text)
	switch (format ?? formatOf(beginning)) {
		case 'csv':
			return await readCsv(all, delimiter ?? delimiterOf(beginning))
		case 'json':
			return readJson(all)
		case 'ndjson':
			return readNdjson(all)
	}
}

function formatOf(beginning: string): Format {
	const first = beginning.trimStart().charAt(0)
	return first === '[' ? 'json' : first === '{' ? 'ndjson' : 'csv'
}

/** What the first line has most of, outside of quotes. */
function delimiterOf(beginning: string): string {
	const [line = ''] = beginning
		.trimStart()
		.replaceAll(/"[^"]*"/g, '')
		.split(/[\r\n]/, 1)
	const cells = (delimiter: string) => line.split(delimiter).length
	return [',', ';', '\t', '|'].reduce((best, each) => (cells(each) > cells(best) ? each : best))
}
