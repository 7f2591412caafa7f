import { pipeline, Readable } from 'node:stream'
import { type Options, parse } from 'csv-parse'
import { parse as parseAtOnce } from 'csv-parse/sync'
import * as v from 'valibot'
import { type Entries, type Entry, isRefusal, REFUSED_AT, REFUSED_REASON } from './entry'
import { messageOf, Stop, Wrong } from './stop'

/** Longer than any row that the service takes: a quote that is not closed would take all that follows for its cell. */
const MAX_RECORD = 1024 * 1024

const FORMAT: Options = {
	// Not found out: files have been put together from others.
	record_delimiter: ['\r\n', '\n', '\r'],
	relax_column_count: true,
	skip_empty_lines: true,
	max_record_size: MAX_RECORD,
}

const RECORD = v.object({
	record: v.array(v.string()),
	raw: v.string(),
	info: v.object({ lines: v.number() }),
})

/** A line of cells, or of several where a cell has line ends. */
interface Line {
	cells: string[]
	raw: string
	number: number
}

/** The rows of CSV whose first line names the columns. @throws Stop, then or while they are read, where that is none. */
export async function readCsv(text: AsyncIterable<string>, delimiter: string): Promise<Entries> {
	const lines = linesOf(text, delimiter)
	const first = await lines.next()
	if (first.done) throw new Stop('The input is empty.')
	const { cells: header } = first.value
	const isKept = (_: string, i: number) => !isRefusal(header[i] ?? '')
	const line = (cells: readonly string[]) =>
		`${cells.map((each) => quoted(each, delimiter)).join(delimiter)}\n`
	const entryOf = ({ cells, raw, number }: Line): Entry => ({
		at: `line ${number}`,
		cells: faultIn(cells, raw, header, delimiter) ?? cells.map((cell, i) => [header[i] ?? '', cell]),
		size: raw.length,
		// In front of the cells, for there may be too few or too many of those.
		refused: (reason) => line([`line ${number}`, reason, ...cells.filter(isKept)]),
	})
	return {
		header,
		refusedAs: { extension: 'csv', head: line([REFUSED_AT, REFUSED_REASON, ...header.filter(isKept)]) },
		rows: (async function* () {
			for await (const each of lines) yield entryOf(each)
		})(),
	}
}

async function* linesOf(text: AsyncIterable<string>, delimiter: string): AsyncGenerator<Line> {
	const parser = parse({ ...FORMAT, delimiter, relax_quotes: true, info: true, raw: true })
	// What breaks off the text is thrown where the records are read.
	const records = pipeline(Readable.from(text), parser, () => undefined)
	let inCells = 0
	try {
		for await (const each of records) {
			const { record: cells, raw, info } = v.parse(RECORD, each)
			const ends = cells.flatMap((cell) => cell.match(/\r\n|\n|\r/g) ?? [])
			// The parser takes such an end inside of quotes for two.
			inCells += ends.filter((end) => end === '\r\n').length
			yield { cells, raw, number: info.lines - inCells - ends.length }
		}
	} catch (error) {
		throw isCsvFault(error) ? new Stop(reasonOf(error)) : error
	}
}

interface CsvFault {
	code: string
	lines: number
}

function isCsvFault(error: unknown): error is Error & CsvFault {
	return (
		error instanceof Error && 'code' in error && 'lines' in error && String(error.code).startsWith('CSV_')
	)
}

function reasonOf(error: Error & CsvFault): string {
	switch (error.code) {
		case 'CSV_QUOTE_NOT_CLOSED':
			return 'The input ends inside of a quote: one of its last rows opens a quote, and does not close it.'
		case 'CSV_MAX_RECORD_SIZE':
			return `A row is longer than 1 MiB (until line ${error.lines}): is there a quote that is not closed?`
		default:
			return error.message
	}
}

/** What is wrong with the line as such. */
function faultIn(
	cells: readonly string[],
	raw: string,
	header: readonly string[],
	delimiter: string,
): Wrong | undefined {
	// A quote in the middle of a cell is a character like any other. At its beginning it may be, or not.
	const isDoubtful = cells.some((cell) => cell.startsWith('"'))
	const quotes = isDoubtful ? quotesIn(raw, delimiter) : undefined
	if (quotes) return quotes
	if (cells.length === header.length) return undefined
	return new Wrong(
		`has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, and the first line ${header.length}`,
	)
}

function quotesIn(raw: string, delimiter: string): Wrong | undefined {
	try {
		parseAtOnce(raw, { ...FORMAT, delimiter })
		return undefined
	} catch (error) {
		return new Wrong(`a quote inside of quotes is written twice: "say ""hi""" (${messageOf(error)})`)
	}
}

function quoted(cell: string, delimiter: string): string {
	const needsNone = !/["\r\n]|^\s|\s$/.test(cell) && !cell.includes(delimiter)
	return needsNone ? cell : `"${cell.replaceAll('"', '""')}"`
}
