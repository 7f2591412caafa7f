import { parseArgs } from 'node:util'
import { FORMATS, type Format } from './entry'
import { messageOf, Stop } from './stop'

/** What is imported, and how. */
export interface Options {
	/** Where the service is, and the token for it. */
	url: string
	token: string
	table: string
	/** Standard input, where there is none. */
	file: string | undefined
	isUpdate: boolean
	by: string[] | undefined
	update: string[] | undefined
	/** Columns of the input that have another name in the table; '' where they are left out. */
	map: ReadonlyMap<string, string>
	/** What a cell of CSV says for null. */
	null: string | undefined
	/** Columns whose cells hold JSON. */
	json: readonly string[]
	isDryRun: boolean
	format: Format | undefined
	delimiter: string | undefined
	encoding: string | undefined
	/** How long the service may take for one request, retries included, in milliseconds. */
	timeout: number
}

export const HELP = `Rows of a file, each got or created in a table of a service.

  API_URL=https://rows.example.com API_TOKEN=… npx edge-get-or-create import TABLE [FILE] [options]
  API_URL=http://localhost:8787 API_TOKEN=dev-token npm run import -- users people.csv --by email

FILE is CSV, a JSON array or NDJSON, which its first character tells; "-" or none is standard input. Of CSV the first
line names the columns; commas, semicolons, tabs or bars are found out.

What is asked
  --by COLUMNS        the columns that identify a row, with commas between; they must contain a unique key.
                      Without it: all that a row has
  --put               update the row where it is there and differs, rather than leave it as it is
  --update COLUMNS    the columns that --put sets where the row is there, rather than all (implies --put)
  --dry-run           check every row, and write nothing

What the columns are
  --map "NAME=COLUMN" a name in the file that is another in the table; "NAME=" leaves it out. As often as needed.
                      Capitals, spaces, "-" and "_" make no difference, and need none
  --null TEXT         the cells of CSV that are null: --null NULL, --null "\\N". An empty cell is left out, so that the
                      column takes its default, or stays as it is
  --json COLUMNS      columns whose cells hold JSON, where the service doesn't say so itself

How it is read
  --format FORMAT     csv, json or ndjson
  --delimiter C       what stands between cells
  --encoding NAME     of a file that is not UTF-8: windows-1252, say

  --timeout SECONDS   how long one request may take, retries included, before the import stops: 300 unless told

Cells of CSV are read by the type of their column: true, 1, yes, false, 0, no; numbers as 1234.5, with no separators;
dates as 2026-01-31 or 2026-01-31T12:00:00+01:00 (UTC, where there is no offset). Text is kept as it is.

Rows that are refused go to FILE's name with ".refused" in it, each with its line and the reason. Mend them there, and
import that file in the same way. An import that was stopped goes on where it was when it is started again in the same
way, for which it keeps a small file beside FILE.

Exit status: 0 every row was got or created; 1 some were refused; 2 it could not go on; 130 Ctrl-C.`

const OPTIONS = {
	by: { type: 'string', multiple: true },
	put: { type: 'boolean' },
	update: { type: 'string', multiple: true },
	'dry-run': { type: 'boolean' },
	map: { type: 'string', multiple: true },
	null: { type: 'string' },
	json: { type: 'string', multiple: true },
	format: { type: 'string' },
	delimiter: { type: 'string' },
	encoding: { type: 'string' },
	timeout: { type: 'string' },
	help: { type: 'boolean', short: 'h' },
} as const

/** The options of a command line, or that it asks for help. @throws Stop for one that is wrong. */
export function optionsOf(args: string[], env: NodeJS.ProcessEnv): Options | 'help' {
	const { values, positionals } = parsed(args)
	if (values.help) return 'help'
	const [table, file, ...others] = positionals
	if (table === undefined) throw new Stop('Which table? As in: import users people.csv --by email')
	if (others.length > 0) throw new Stop(`One file at a time: what is "${others.join(' ')}"?`)
	const update = columnsIn(values.update)
	return {
		url: urlIn(env['API_URL']),
		token: env['API_TOKEN'] || stop('API_TOKEN is not set: it is one of the tokens of the service.'),
		table,
		file: file === '-' ? undefined : file,
		isUpdate: values.put === true || update !== undefined,
		by: columnsIn(values.by),
		update,
		map: new Map((values.map ?? []).map(mappingIn)),
		null: values.null,
		json: columnsIn(values.json) ?? [],
		isDryRun: values['dry-run'] === true,
		format: formatIn(values.format),
		delimiter: delimiterIn(values.delimiter),
		encoding: values.encoding,
		timeout: secondsIn(values.timeout ?? '300') * 1000,
	}
}

function parsed(args: string[]) {
	try {
		return parseArgs({ args, options: OPTIONS, allowPositionals: true })
	} catch (error) {
		throw new Stop(`${messageOf(error)} (--help tells all options.)`)
	}
}

function stop(why: string): never {
	throw new Stop(why)
}

function urlIn(text: string | undefined): string {
	if (!text) return stop('API_URL is not set: it is where the service is, as in http://localhost:8787.')
	if (!/^https?:/.test(text) || !URL.canParse(text)) return stop(`API_URL is no address: "${text}".`)
	return text.replace(/\/+$/, '')
}

function columnsIn(lists: string[] | undefined): string[] | undefined {
	return lists?.flatMap((list) => list.split(',')).map((name) => name.trim())
}

/** A name in a file may have a "=", a column hardly. */
function mappingIn(text: string): [name: string, column: string] {
	const at = text.lastIndexOf('=')
	return at > 0 ? [text.slice(0, at), text.slice(at + 1)] : stop(`--map is "NAME=COLUMN", and not "${text}".`)
}

function formatIn(text: string | undefined): Format | undefined {
	const format = FORMATS.find((each) => each === text)
	return text === undefined || format ? format : stop(`--format is csv, json or ndjson, and not "${text}".`)
}

function delimiterIn(text: string | undefined): string | undefined {
	const delimiter = text === '\\t' ? '\t' : text
	return delimiter === undefined || /^[^"\r\n]$/.test(delimiter)
		? delimiter
		: stop('--delimiter is one character.')
}

function secondsIn(text: string): number {
	const seconds = Number(text)
	return seconds > 0 && seconds <= 86_400
		? seconds
		: stop(`--timeout is a number of seconds, and not "${text}".`)
}
