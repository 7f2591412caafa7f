import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
	appendFileSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, type FaultProxy, startFaultProxy } from '../faults/proxy.ts'
import { codeOf, PATIENT, type Stage, startStage } from '../faults/stage.ts'

// `npx edge-get-or-create import`, as it is typed, on the service in the Workers runtime, with a line before it.

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-import-test-'))
const bin = join(folder, 'bin.mjs')

let stage: Stage
let line: FaultProxy
beforeAll(async () => {
	const [code] = await Promise.all([
		codeOf('test/process/workers/imports.ts'),
		build({ input: join(ROOT, 'src/cli/bin.ts'), platform: 'node', output: { file: bin } }),
	])
	stage = await startStage(code, { services: [{ settings: PATIENT }] })
	await stage.query(
		`CREATE TABLE measurements (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, is_open INTEGER, count INTEGER,
		ratio REAL, amount NUMERIC, big BLOB, seen_at INTEGER, body TEXT, size TEXT, note TEXT DEFAULT 'none')`,
	)
	line = await startFaultProxy(stage.origin)
}, 60_000)
afterAll(async () => {
	line.stop()
	await stage.stop()
	rmSync(folder, { recursive: true, force: true })
})
afterEach(() => {
	line.heal()
	line.thaw()
})

interface Ended {
	code: unknown
	out: string
	err: string
}

/** Starts an import in the test's folder. */
function start(
	args: readonly string[],
	{ stdin = '', env = {} }: { stdin?: string | Buffer; env?: object } = {},
) {
	const child = spawn(process.execPath, [bin, 'import', ...args], {
		cwd: folder,
		env: { ...process.env, API_URL: line.url, API_TOKEN: 'bench', ...env },
	})
	let [out, err] = ['', '']
	child.stdout.on('data', (chunk) => (out += chunk))
	child.stderr.on('data', (chunk) => (err += chunk))
	child.stdin.on('error', () => undefined)
	child.stdin.end(stdin)
	const ended = once(child, 'close').then(([code]): Ended => ({ code, out, err }))
	return { child, ended }
}

async function run(args: readonly string[], options?: Parameters<typeof start>[1]): Promise<Ended> {
	return await start(args, options).ended
}

function write(name: string, text: string | Buffer): string {
	writeFileSync(join(folder, name), text)
	return name
}
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
/** What an import left beside its input. */
const beside = (name: string) => readdirSync(folder).filter((each) => each.startsWith(`${name}.`))

/** How many users there are whose name begins so. */
async function count(name: string): Promise<number> {
	const [row] = await stage.query<{ n: number }>(
		`SELECT count(*) AS n FROM users WHERE name LIKE '${name} %'`,
	)
	return row?.n ?? 0
}

const user = (name: string, i: number) => `${name} ${i},${name}-${i}@example.com\n`
const users = (name: string, length: number) =>
	`name,email\n${Array.from({ length }, (_, i) => user(name, i)).join('')}`

/** Does something when so many requests of rows have come, the last of which has not been answered. */
function atRequest(number: number, then: () => Fault | undefined): void {
	let requests = 0
	line.inject((asked) => (asked.startsWith('[') && ++requests === number ? then() : undefined))
}

describe('3,000 rows with bad ones between', () => {
	it('are all made but those, which can be mended in a file of their own and imported again', async () => {
		const rows = Array.from({ length: 3000 }, (_, i) => {
			if (i % 1000 === 7) return `"mixed, ${i}",\n`
			return i % 1000 === 999 ? `mixed ${i}\n` : user('mixed', i)
		})
		write('mixed.csv', `name,email\n${rows.join('')}`)
		const first = await run(['users', 'mixed.csv', '--by', 'email'])
		expect(first.out).toMatch(
			/^3,000 rows in .* s: 2,994 created · 0 existing · 6 refused\n.*mixed\.refused\.csv/,
		)
		expect([first.code, await count('mixed'), beside('mixed')]).toEqual([
			1,
			2994,
			['mixed.csv', 'mixed.refused.csv'],
		])
		expect(read('mixed.refused.csv').split('\n').slice(0, 3)).toEqual([
			'refused_at,refused_reason,name,email',
			'line 9,email: is missing,"mixed, 7",',
			'line 1001,"has 1 cell, and the first line 2",mixed 999',
		])
		const mended = read('mixed.refused.csv')
			.replaceAll(/"mixed, (\d+)",$/gm, 'mixed $1,mixed-$1@example.com')
			.replaceAll(/mixed (\d+)$/gm, 'mixed $1,mixed-$1@example.com')
		write('mixed.refused.csv', mended)
		const second = await run(['users', 'mixed.refused.csv', '--by', 'email'])
		expect(second).toMatchObject({
			code: 0,
			err: '',
			out: expect.stringContaining('6 created · 0 existing · 0 refused'),
		})
		expect(await count('mixed')).toBe(3000)
		const again = await run(['users', 'mixed.csv', '--by', 'email'])
		expect(again.out).toContain('0 created · 2,994 existing · 6 refused')
		// What somebody may be mending is not written over.
		expect([read('mixed.refused.csv'), existsSync(join(folder, 'mixed.refused.2.csv'))]).toEqual([
			mended,
			true,
		])
	})
}, 60_000)

describe('an import that is stopped', () => {
	it.each([
		['SIGINT', 130, 'Done are 2,000 rows: started again in the same way'],
		['SIGTERM', 143, 'Done are 2,000 rows'],
		['SIGKILL', null, ''],
	] as const)(
		'by %s while a request is on its way goes on there, and tells the truth of all',
		async (signal, code, says) => {
			const name = `stopped-${signal}`
			// One of each thousand is refused, so that what was told of them must be neither lost nor doubled.
			const rows = users(name, 3999).replaceAll(/^(.* \d*500),.*$/gm, '$1,')
			write(`${name}.csv`, `${rows}\n`)
			const held = Promise.withResolvers<void>()
			atRequest(3, () => {
				line.freeze()
				held.resolve()
				return undefined
			})
			const { child, ended } = start(['users', `${name}.csv`, '--by', 'email'])
			await held.promise
			child.kill(signal)
			const first = await ended
			expect([first.code, first.err]).toEqual([code, expect.stringContaining(says)])
			expect(beside(name)).toEqual([`${name}.csv`, `${name}.csv.import-state`, `${name}.refused.csv`])
			line.heal()
			line.thaw()
			// As if it had ended between its two files.
			appendFileSync(join(folder, `${name}.refused.csv`), `line 9999,"${'.'.repeat(1000)}begun`)
			const second = await run(['users', `${name}.csv`, '--by', 'email'])
			expect(second.err).toContain('It goes on behind 2,000 rows that are done.')
			expect(second.out).toContain('3,999 rows')
			expect(second.out).toContain('3,995 created · 0 existing · 4 refused')
			expect([second.code, await count(name)]).toEqual([1, 3995])
			expect(read(`${name}.refused.csv`).match(/^line \d+/gm)).toEqual([
				'line 502',
				'line 1502',
				'line 2502',
				'line 3502',
			])
			expect(read(`${name}.refused.csv`)).not.toContain('begun')
			expect(beside(name)).toEqual([`${name}.csv`, `${name}.refused.csv`])
		},
	)

	it('tells rows that were made just before as made, where their answer was lost', async () => {
		write('lost.csv', users('lost', 2000))
		line.inject((asked) => (asked.includes('"lost 1500"') ? { kind: 'swallow-answer' } : undefined))
		const { child, ended } = start(['users', 'lost.csv', '--by', 'email'])
		await expect.poll(async () => await count('lost'), { timeout: 20_000 }).toBe(2000)
		child.kill('SIGKILL')
		await ended
		line.heal()
		const second = await run(['users', 'lost.csv', '--by', 'email'])
		expect(second.out).toContain('2,000 created · 0 existing · 0 refused')
	})

	it('starts anew where the file or the options are others', async () => {
		write('others.csv', users('others', 1500))
		atRequest(2, () => {
			line.refuse()
			return { kind: 'cut' }
		})
		const args = ['users', 'others.csv', '--by', 'email']
		const gone = await run([...args, '--timeout', '1'])
		expect([gone.code, gone.err]).toEqual([
			2,
			expect.stringContaining('There was no answer from the service'),
		])
		await line.accept()
		line.heal()
		utimesSync(join(folder, 'others.csv'), new Date(), new Date(Date.now() + 5000))
		const second = await run(args)
		expect(second.err).toContain('it starts anew')
		expect([second.code, second.out]).toEqual([0, expect.stringContaining('500 created · 1,000 existing')])
	})
}, 60_000)

const OUTAGES: [what: string, begin: () => unknown, end: () => unknown][] = [
	['the service', () => line.refuse(), async () => await line.accept()],
	['its database', async () => await stage.killDatabase(), async () => await stage.restartDatabase()],
]

describe.each(OUTAGES)(
	'where %s is gone in the middle, and back',
	(what, begin, end) => {
		it('nothing is lost, and nothing counted twice', async () => {
			const name = `back-${what}`
			write(`${name}.csv`, users(name, 3000))
			const ended: unknown[] = []
			atRequest(2, () => {
				ended.push(begin())
				setTimeout(() => ended.push(end()), 1500)
				return undefined
			})
			const { code, out } = await run(['users', `${name}.csv`, '--by', 'email'])
			await Promise.all(ended)
			expect([code, out]).toEqual([0, expect.stringContaining('3,000 created · 0 existing · 0 refused')])
			expect(await count(name)).toBe(3000)
		})
	},
	60_000,
)

describe('every way to write rows', () => {
	const rows = [
		{ name: 'way, one', email: 'one' },
		{ name: 'way "two"\nof two lines; tabbed\t', email: 'two' },
		{ name: 'way drei ü', email: 'three' },
	]
	const csv = (delimiter: string, end: string) =>
		[['name', 'email'], ...rows.map((row) => Object.values(row))]
			.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter) + end)
			.join('')
	const WAYS: [name: string, text: string | Buffer, args?: string[]][] = [
		['commas', csv(',', '\n')],
		['semicolons with CRLF', csv(';', '\r\n')],
		['tabs with a byte order mark', `\ufeff${csv('\t', '\n')}`],
		['bars', csv('|', '\n')],
		['UTF-16, as spreadsheets save it', Buffer.from(`\ufeff${csv('\t', '\r\n')}`, 'utf16le')],
		['windows-1252', Buffer.from(csv(';', '\r\n'), 'latin1'), ['--encoding', 'windows-1252']],
		['a JSON array', JSON.stringify(rows, null, 2)],
		['NDJSON', rows.map((row) => `${JSON.stringify(row)}\n\n`).join('')],
	]
	it.each(WAYS)('%s, from a file and from standard input', async (way, text, args = []) => {
		// Asked by all that they have, those that are read otherwise than in another way would be refused.
		const file = write(`way ${way}`, text)
		const results = await Promise.all([
			run(['users', file, ...args]),
			run(['users', '-', ...args], { stdin: text }),
		])
		expect(results.map(({ code, err }) => [code, err])).toEqual([
			[0, ''],
			[0, ''],
		])
		expect(results[1]?.out).toContain('3 rows in')
		const made = await stage.query("SELECT name, email FROM users WHERE name LIKE 'way%' ORDER BY id")
		expect(made).toEqual(rows)
	})

	it('and bad rows are told of by the line where they begin', async () => {
		const text = 'name,email\r\n\r\n"line\r\n1",line-1@example.com\r\n"line\r\n\r\n2",\r\nline 3,\n'
		expect((await run(['users', '--by', 'email'], { stdin: text })).err).toMatch(/^line 5: .*\nline 8: .*\n$/)
	})

	it('and bad rows of JSON and NDJSON can be mended, without a digit lost', async () => {
		const email = (word: string) => ({ email: `${word}@example.com` })
		write(
			'bad.ndjson',
			`{"name":"bad 1","email":"bad-1@example.com"}\n{"name":\n[]\n{"name":"bad 2","email":12345678901234567890}\n`,
		)
		const first = await run(['users', 'bad.ndjson', '--by', 'email'])
		expect([first.code, first.out]).toEqual([
			1,
			expect.stringContaining('1 created · 0 existing · 3 refused'),
		])
		const refused = read('bad.refused.ndjson').trim().split('\n')
		expect(refused.map((each) => JSON.parse(each))).toEqual([
			{
				refused_at: 'line 2',
				refused_reason: expect.stringContaining('is not JSON'),
				refused_text: '{"name":',
			},
			{ refused_at: 'line 3', refused_reason: expect.stringContaining('is not a row'), refused_text: '[]' },
			{
				refused_at: 'line 4',
				refused_reason: 'email: must be text',
				refused_text: '{"name":"bad 2","email":12345678901234567890}',
			},
		])
		const text = JSON.stringify({ name: 'bad 3', ...email('bad-3') })
		write('bad.refused.ndjson', `${JSON.stringify({ refused_at: 'line 2', refused_text: text })}\n`)
		expect((await run(['users', 'bad.refused.ndjson', '--by', 'email'])).out).toContain('1 created')
		write('bad.json', JSON.stringify([{ name: 'bad 4', ...email('bad-4') }, 5, { name: 'bad 5' }]))
		const array = await run(['users', 'bad.json', '--by', 'email'])
		expect([array.code, array.err]).toEqual([
			1,
			expect.stringMatching(/^item 2: is not a row.*\nitem 3: email/),
		])
		expect(await count('bad')).toBe(3)
	})
}, 60_000)

describe('the cells of CSV', () => {
	it('become values of their column, under names that people write, and are told of where that is not sure', async () => {
		write(
			'cells.csv',
			`Name,is open,COUNT,ratio,amount,big,Seen-At,body,size,Remarks,nmae
full,yes,12,.5,12.50,12345678901234567890,2026-01-31 12:00:00,"{""a"": [1]}",s,a note,x
sparse,,,,,,,,,,
nulls,\\N,\\N,\\N,\\N,\\N,\\N,\\N,\\N,\\N,
wrong,maybe,"1,5",1..2,x,x,31.01.2026,{a},xl,,
bad quote,"y"es,,,,,,,,,
`,
		)
		const mapped = ['measurements', 'cells.csv', '--by', 'name', '--map', 'Remarks=note', '--null', '\\N']
		const { code, out, err } = await run(mapped)
		expect([code, out]).toEqual([1, expect.stringContaining('3 created · 0 existing · 2 refused')])
		expect(err).toContain('"nmae" is left out: there is no such column; is it "name"?\n')
		expect(err).toContain('"Seen-At": dates without an offset are taken for UTC.\n')
		expect(err.match(/is left out|taken for UTC/g)).toHaveLength(2)
		const nulls = {
			isOpen: null,
			count: null,
			ratio: null,
			amount: null,
			big: null,
			seenAt: null,
			body: null,
			size: null,
		}
		const rowOf = async (name: string) => {
			const headers = { authorization: 'Bearer bench' }
			return await (await fetch(`${stage.origin}/measurements?name=${name}`, { headers })).json()
		}
		// Rows of other columns may have been given their ids in another order.
		expect(await Promise.all(['full', 'sparse', 'nulls'].map(rowOf))).toMatchObject([
			{
				name: 'full',
				isOpen: true,
				count: 12,
				ratio: 0.5,
				amount: '12.5',
				big: '12345678901234567890',
				seenAt: '2026-01-31T12:00:00.000Z',
				body: { a: [1] },
				size: 's',
				note: 'a note',
			},
			{ name: 'sparse', ...nulls, note: 'none' },
			{ name: 'nulls', ...nulls, note: null },
		])
		const [, wrong = '', quote = ''] = read('cells.refused.csv').split('\n')
		for (const column of ['is open', 'COUNT', 'ratio', 'Seen-At', 'body'])
			expect(wrong).toContain(`${column}: must be`)
		expect(quote).toContain('a quote inside of quotes is written twice')
	})

	it('update what is there with --put, all of it or what --update names', async () => {
		const put = async (text: string, ...args: string[]) =>
			(await run(['measurements', '--by', 'name', ...args], { stdin: text })).out.split(': ')[1]
		expect(await put('name,count,size\nput,1,s\n', '--put')).toBe(
			'1 created · 0 updated · 0 existing · 0 refused\n',
		)
		expect(await put('name,count,size\nput,2,m\n')).toBe('0 created · 1 existing · 0 refused\n')
		expect(await put('name,count,size\nput,2,m\n', '--update', 'count')).toContain('1 updated · 0 existing')
		expect(await put('name,count,size\nput,2,m\n', '--update', 'count')).toContain('0 updated · 1 existing')
		expect(await stage.query("SELECT count, size FROM measurements WHERE name = 'put'")).toEqual([
			{ count: 2, size: 's' },
		])
	})
}, 60_000)

describe('--dry-run', () => {
	it('finds what the document can tell, and writes neither a row nor a file', async () => {
		const asked: string[] = []
		line.inject((body) => void asked.push(body))
		write('dry.csv', `name,email\ndry 1,dry@example.com\n${'x'.repeat(51)},long@example.com\ndry 2,\n`)
		const { code, out, err } = await run(['users', 'dry.csv', '--by', 'email', '--dry-run'])
		expect(code).toBe(1)
		expect(out).toMatch(
			/3 rows .*: 1 right · 2 refused\nNothing was written\. Not checked, .* CHECKs and triggers\./,
		)
		expect(err).toMatch(/^line 3: name: .*50.*\nline 4: email: is missing$/m)
		// It has only read.
		expect(new Set(asked)).toEqual(new Set(['']))
		expect([await count('dry'), beside('dry')]).toEqual([0, ['dry.csv']])
		write('dry.csv', 'name,email\ndry 1,dry@example.com\n')
		expect((await run(['users', 'dry.csv', '--by', 'email', '--dry-run'])).code).toBe(0)
		expect(await count('dry')).toBe(0)
	})
}, 60_000)

/** So many at a time. */
async function inTurn<T, R>(all: readonly T[], atOnce: number, each: (one: T) => Promise<R>): Promise<R[]> {
	const results: R[] = []
	for (let i = 0; i < all.length; i += atOnce)
		results.push(...(await Promise.all(all.slice(i, i + atOnce).map(each))))
	return results
}

describe('what can not go on', () => {
	const right = users('never', 3)
	const WRONG: [
		why: string,
		args: string[],
		says: RegExp,
		options?: { stdin?: string | Buffer; env?: object },
	][] = [
		['no table', [], /^Which table\?/],
		['an option that is none', ['users', '--bye'], /--bye.*--help/s],
		['no such file', ['users', 'nowhere.csv'], /"nowhere.csv" can't be read/],
		['an empty file', ['users'], /is empty/, { stdin: '' }],
		['no such table', ['user'], /no table "user".*"users"/, { stdin: right }],
		[
			'no such column to ask by',
			['users', '--by', 'emial'],
			/no column "emial": is it "email"/,
			{ stdin: right },
		],
		[
			'a column of no unique key',
			['accounts', '--by', 'isSuperuser'],
			/Unique keys are id or username/,
			{ stdin: 'username,isSuperuser\nnever,1\n' },
		],
		['a header of no columns', ['users'], /None of its columns/, { stdin: 'Alice,alice@example.com\n' }],
		[
			'a column that lacks',
			['users'],
			/no column "email", and each row must have one/,
			{ stdin: 'name\nnever 1\n' },
		],
		[
			'two columns that are one',
			['users'],
			/Two columns of the input are "name"/,
			{ stdin: 'name,NAME,email\na,b,c\n' },
		],
		[
			'another encoding',
			['users'],
			/not utf-8.*--encoding/,
			{ stdin: Buffer.from('name,email\nJosé,x\n', 'latin1') },
		],
		['a quote that is not closed', ['users'], /ends inside of a quote/, { stdin: 'name,email\n"never,x\n' }],
		[
			'JSON that breaks off',
			['users'],
			/no JSON array: after item 1/,
			{ stdin: '[{"name":"never 1","email":"x"},{' },
		],
		[
			'a wrong token',
			['users', '--by', 'email'],
			/API_TOKEN is none/,
			{ stdin: right, env: { API_TOKEN: 'x' } },
		],
		['no token', ['users'], /API_TOKEN is not set/, { env: { API_TOKEN: '' } }],
		['no service', ['users'], /can't be reached/, { stdin: right, env: { API_URL: 'http://127.0.0.1:1' } }],
	]
	it('ends with 2 and one sentence, and nothing is written', async () => {
		const told = await inTurn(WRONG, 4, async ([why, args, , options]) => {
			const { code, err, out } = await run(args, options)
			return [why, code, err, out]
		})
		expect(told).toEqual(WRONG.map(([why, , says]) => [why, 2, expect.stringMatching(says), '']))
		expect(await count('never')).toBe(0)
	}, 60_000)
}, 60_000)

describe('npm run import', () => {
	it('is the same, from the source, and explains each option', async () => {
		const child = spawn(process.execPath, [join(ROOT, 'scripts/import.ts'), '--help'])
		let printed = ''
		child.stdout.on('data', (chunk) => (printed += chunk))
		const [code]: unknown[] = await once(child, 'close')
		const source = readFileSync(join(ROOT, 'src/cli/import/arguments.ts'), 'utf8')
		const options = [...source.matchAll(/^\t'?([a-z-]+)'?: \{ type: /gm)].map(([, name]) => `--${name}`)
		expect(options.length).toBeGreaterThan(10)
		expect([code, options.filter((each) => each !== '--help' && !printed.includes(each))]).toEqual([0, []])
	})
}, 60_000)
