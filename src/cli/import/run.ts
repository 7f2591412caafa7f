import type { Options } from './arguments'
import { batchesOf, readAhead, without } from './batches'
import { checker, UNCHECKED } from './check'
import { Columns } from './columns'
import { entriesOf } from './entries'
import type { Entry } from './entry'
import { openInput } from './input'
import { Progress } from './progress'
import { RefusedFile } from './refused-file'
import { type Row, rowOf } from './row'
import { probe, sender } from './send'
import { StateFile } from './state'
import { Wrong } from './stop'
import { tableOf } from './table'
import { rowsIn, tallied, type Verdict, wordsOf } from './verdict'

/** How many refused rows are told of on the way. */
const SHOWN = 10

/** Imports an input from where it was stopped, if it was. Returns whether some rows were refused. @throws Stop */
export async function run(options: Options, signal: AbortSignal): Promise<'all' | 'some-refused'> {
	const { by, update, file, isDryRun } = options
	const input = openInput(file, options.encoding, signal)
	const progress = new Progress(input, options)
	const say = (note: string) => progress.say(note)
	const table = await tableOf(options, signal)
	const columns = new Columns(table, options, say)
	columns.insist('--by', by)
	columns.insist('--update', update)
	const { header, rows: entries, refusedAs } = await entriesOf(input, options)
	if (header) columns.check(header, by)
	const state = new StateFile(options, input, say)
	const judge = isDryRun ? checker(table, options) : sender(options)
	const refused = new RefusedFile(file ?? table.name, refusedAs, state.found.refused)

	const { run: name, rows: before } = state.found
	let { rows, tally } = state.found
	let shown = 0
	const note = (entry: Entry, { detail }: Wrong) => {
		if (shown++ < SHOWN) say(`${entry.at}: ${detail}`)
		else if (shown === SHOWN + 1) say(isDryRun ? '…' : '… and more, which are in the file of refused rows.')
	}
	if (before > 0) say(`It goes on behind ${rowsIn(before)} that are done.`)
	const start = performance.now()
	try {
		for await (const batch of readAhead(batchesOf(without(entries, before)))) {
			const given = batch.map((entry) => rowOf(entry, columns, header !== undefined, options))
			const sent = given.filter(isRow)
			if (rows === before) {
				progress.begin(before)
				if (sent[0]) await probe(options, sent[0], signal)
				state.save({ ...state.found, rows, tally })
			}
			const verdicts = inPlace(given, await judge(sent, `import ${name} ${rows}`, signal))
			const lines = batch.flatMap((entry, i) => {
				const verdict = verdicts[i]
				if (!(verdict instanceof Wrong)) return []
				note(entry, verdict)
				return entry.refused(verdict.detail)
			})
			if (!isDryRun) refused.add(lines)
			rows += batch.length
			tally = tallied(tally, verdicts)
			state.save({ ...state.found, rows, tally, refused: refused.position })
			progress.show(rows, tally)
		}
	} catch (error) {
		progress.end()
		if (rows > 0 && file !== undefined && !isDryRun) {
			say(`Done are ${rowsIn(rows)}: started again in the same way, it goes on behind them.`)
		}
		throw error
	} finally {
		refused.close()
	}
	progress.end()
	state.remove()
	const seconds = ((performance.now() - start) / 1000).toFixed(1)
	console.log(`${rowsIn(rows)} in ${seconds} s: ${wordsOf(tally, options)}`)
	if (isDryRun) console.log(`Nothing was written. ${UNCHECKED}`)
	else if (refused.position)
		console.log(`The refused rows are in ${refused.position.file}: mend them there, and import it.`)
	return tally.refused > 0 ? 'some-refused' : 'all'
}

/** The verdicts on the rows that were sent, among those that were not. */
function inPlace(given: readonly (Row | Wrong)[], judged: readonly Verdict[]): Verdict[] {
	const verdicts = judged.values()
	return given.map((row) => {
		if (row instanceof Wrong) return row
		const { value, done } = verdicts.next()
		if (done) throw new Error('A row was not answered.')
		return value
	})
}

function isRow(row: Row | Wrong): row is Row {
	return !(row instanceof Wrong)
}
