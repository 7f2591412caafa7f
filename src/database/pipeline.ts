import * as v from 'valibot'
import { bytesOfBase64 } from './bytes'
import { classify, DatabaseError, type Failure, ofStatement, type Said, saidIn } from './failure'
import {
	type DriverValue,
	type Level,
	type Mode,
	type Rows,
	runsOf,
	type Statement,
	saidError,
	type Unit,
	type UnitResult,
	type UnitRun,
} from './send'

// Hrana over HTTP: https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_3_SPEC.md. One request opens a
// stream, runs batches in it, and closes it.

/** A request to the database, and how its answer is to be read. */
export interface Pipeline {
	body: string
	/**
	 * What became of each unit, once the transaction is committed.
	 * @throws DatabaseError where it was not; SyntaxError for an answer that makes no sense, so that nobody knows.
	 */
	read: (answer: unknown) => UnitResult[]
}

/** Units as one request. A unit alone in its transaction takes nothing that the second version of Hrana doesn't know. */
export function pipelineOf(units: readonly Unit[], mode: Mode): Pipeline {
	const sqls = new StoredSql(units)
	// A savepoint is a write to a replica, and sends the whole of it to the primary.
	const alone = mode !== 'write' || units.length === 1
	const batches = alone
		? runsOf(units, 'group').map((run) => batchOfRun(run, mode, sqls))
		: [sharedBatch(units, sqls)]
	const requests = batches.map(({ steps }) => ({ type: 'batch', batch: { steps } }))
	return {
		body: JSON.stringify({ requests: [...sqls.requests, ...requests, { type: 'close' }] }),
		read(answer) {
			const results = resultsOf(answer).slice(sqls.requests.length)
			return batches.flatMap(({ read }, i) => read(results[i]))
		},
	}
}

interface BatchOfSteps {
	steps: object[]
	read: (result: BatchResult) => UnitResult[]
}

const IS_OPEN = { type: 'not', cond: { type: 'is_autocommit' } }
const ok = (step: number) => ({ type: 'ok', step })
const not = (cond: object) => ({ type: 'not', cond })
const and = (...conds: object[]) => ({ type: 'and', conds })
const openAfter = (done: readonly number[]) => (done.length > 0 ? and(IS_OPEN, ...done.map(ok)) : IS_OPEN)

const BEGIN: Record<Mode, string> = {
	write: 'BEGIN IMMEDIATE',
	each: 'BEGIN IMMEDIATE',
	read: 'BEGIN TRANSACTION READONLY',
}

class Steps {
	readonly list: object[] = []

	/** Adds a step, and gives its place. */
	add(stmt: object, condition?: object): number {
		return this.list.push(condition ? { condition, stmt } : { stmt }) - 1
	}

	/** Each of the statements only if the one before went well. Gives the place of the last. */
	chain(statements: readonly Statement[], after: number, sqls: StoredSql): number {
		return statements.reduce((last, statement) => this.add(sqls.stmt(statement), ok(last)), after)
	}
}

/** A transaction of a group, or of a unit that is in none. */
function batchOfRun({ start, units }: UnitRun, mode: Mode, sqls: StoredSql): BatchOfSteps {
	const [first] = units
	if (first && units.length === 1) return batchOfOne(first, mode, sqls)
	const moved = units.map((unit) => ({ ...unit, after: unit.after?.map((place) => place - start) }))
	const { steps, read } = sharedBatch(moved, sqls)
	return {
		steps,
		read(result) {
			try {
				return read(result)
			} catch (error) {
				// As of one unit: its neighbours have committed, or will.
				const { cause, unit: failed = units.length - 1 } = classify(error)
				const said = saidIn(cause)
				if (!said) throw error
				const why: Rows[] = []
				return units.map((_, place) =>
					place === failed ? { kind: 'failed', at: 0, error: said, why } : { kind: 'skipped' },
				)
			}
		},
	}
}

/** A transaction of one unit: where the unit fails, so does the transaction. */
function batchOfOne({ statements, why = [] }: Unit, mode: Mode, sqls: StoredSql): BatchOfSteps {
	const steps = new Steps()
	const begin = steps.add({ sql: BEGIN[mode], want_rows: false })
	const last = steps.chain(statements, begin, sqls)
	const commit = steps.add({ sql: 'COMMIT', want_rows: false }, ok(last))
	const rollback = steps.add({ sql: 'ROLLBACK', want_rows: false }, not(ok(commit)))
	const asked = why.map((each) => steps.add(sqls.stmt(each), and(ok(begin), not(ok(commit)))))
	return {
		steps: steps.list,
		read(result) {
			// Its neighbours have committed, or will: whatever became of it is its own.
			if (mode === 'each' && isSaid(result)) return [{ kind: 'failed', at: 0, error: result, why: [] }]
			const results = new StepResults(result, steps.list.length)
			const failed = results.firstFailure(begin, commit)
			if (failed) {
				const isOwn = failed.at > begin && failed.at < commit && results.ran(rollback)
				if (isOwn) failed.error = ofStatement(failed.error)
				const error = saidError(failed.error)
				if (mode !== 'each' && classify(error).failure === 'rejected') throw error
				return [{ ...failed, at: failed.at - begin - 1, why: results.rowsAsked(asked) }]
			}
			if (!results.ran(commit)) throw new SyntaxError('a transaction without an end')
			return [{ kind: 'done', rows: results.allRows(begin + 1, last) }]
		},
	}
}

/**
 * A transaction of several units. Each stands in a savepoint, so that nothing remains of one that fails and the others
 * are committed; and each looks whether the transaction is still open, so that nothing slips out of one that has ended.
 */
function sharedBatch(units: readonly Unit[], sqls: StoredSql): BatchOfSteps {
	const steps = new Steps()
	const begin = steps.add({ sql: BEGIN.write, want_rows: false })
	const places: { first: number; last: number; release: number; asked: number[] }[] = []
	const addUnit = ({ statements, after = [], why = [] }: Unit, within: readonly number[]): void => {
		const before = after.flatMap((place) => places[place] ?? [])
		const needed = [...within, ...before.map(({ last }) => last)]
		const save = steps.add({ sql: 'SAVEPOINT unit', want_rows: false }, openAfter(needed))
		const last = steps.chain(statements, save, sqls)
		const failed = and(IS_OPEN, ok(save), not(ok(last)))
		steps.add({ sql: 'ROLLBACK TO unit', want_rows: false }, failed)
		const release = steps.add({ sql: 'RELEASE unit', want_rows: false }, openAfter([save]))
		const asked = why.map((each) => steps.add(sqls.stmt(each), failed))
		places.push({ first: save + 1, last, release, asked })
	}
	/** Units that stand or fall together are in a savepoint; one that is alone there has its own. */
	const addRuns = (
		of: readonly Unit[],
		within: readonly number[],
		[level, ...inner]: readonly Level[],
	): void => {
		if (!level) return of.forEach((unit) => addUnit(unit, within))
		for (const { units: run } of runsOf(of, level)) {
			if (run.length === 1) {
				addRuns(run, within, [])
				continue
			}
			const start = places.length
			const save = steps.add({ sql: `SAVEPOINT units_of_${level}`, want_rows: false }, openAfter(within))
			addRuns(run, [save], inner)
			const isWell = and(...places.slice(start).map(({ last }) => ok(last)))
			const failed = and(IS_OPEN, ok(save), not(isWell))
			steps.add({ sql: `ROLLBACK TO units_of_${level}`, want_rows: false }, failed)
			steps.add({ sql: `RELEASE units_of_${level}`, want_rows: false }, openAfter([save]))
		}
	}
	addRuns(units, [], ['group', 'row'])
	const commit = steps.add({ sql: 'COMMIT', want_rows: false }, IS_OPEN)
	steps.add({ sql: 'ROLLBACK', want_rows: false }, and(IS_OPEN, not(ok(commit))))
	return {
		steps: steps.list,
		read(result) {
			const results = new StepResults(result, steps.list.length)
			const refused = results.errorOf(begin)
			if (refused) throw saidError(refused)
			const read: UnitResult[] = []
			for (const [unit, { first, last, release, asked }] of places.entries()) {
				const failed = results.firstFailure(first, last)
				if (failed) {
					if (!results.ran(release)) throw endOf(failed.error, unit)
					const error = ofStatement(failed.error)
					read.push({ ...failed, error, at: failed.at - first, why: results.rowsAsked(asked) })
					continue
				}
				const { after = [] } = units[unit] ?? {}
				const mayBeLeftOut = after.some((place) => read[place]?.kind !== 'done')
				if (!results.ran(last) && !mayBeLeftOut) throw new SyntaxError('a unit without a result')
				read.push(
					results.ran(last) ? { kind: 'done', rows: results.allRows(first, last) } : { kind: 'skipped' },
				)
			}
			const error = results.errorOf(commit)
			if (error) throw commitError(error)
			if (!results.ran(commit)) throw new SyntaxError('a transaction without an end')
			return read
		},
	}
}

/** Why a transaction is no longer open after this unit: its own doing, unless the database lost its patience or its disk. */
function endOf(said: Said, unit: number): DatabaseError {
	const error = classify(saidError(said))
	return error.failure === 'rejected' ? error : new DatabaseError('ended', saidError(said), { unit })
}

function commitError(said: Said): DatabaseError {
	const error = classify(saidError(said))
	const isRows = error.failure === 'constraint' || error.failure === 'full'
	const failure: Failure = isRows ? 'commit-refused' : error.failure
	return new DatabaseError(failure, saidError(said))
}

/** sqld stores so many statements a stream, of so many bytes each, and answers 400 to who names one that it did not. */
const MAX_STORED = 50
const MAX_STORED_BYTES = 4000
const encoder = new TextEncoder()

/** SQL that several statements share goes once, as far as the server stores it. */
class StoredSql {
	readonly requests: object[] = []
	readonly #ids = new Map<string, number>()

	constructor(units: readonly Unit[]) {
		if (units.length === 1) return
		const seen = new Set<string>()
		for (const { statements, why } of units) {
			for (const { sql } of [...statements, ...(why ?? [])]) {
				if (this.#ids.has(sql)) continue
				if (!seen.has(sql)) {
					seen.add(sql)
					continue
				}
				if (this.#ids.size >= MAX_STORED || encoder.encode(sql).length > MAX_STORED_BYTES) continue
				this.#ids.set(sql, this.#ids.size)
				this.requests.push({ type: 'store_sql', sql_id: this.#ids.size - 1, sql })
			}
		}
	}

	stmt({ sql, args }: Statement): object {
		const id = this.#ids.get(sql)
		const values = args.map((value) => ({ type: 'text', value }))
		return { ...(id === undefined ? { sql } : { sql_id: id }), args: values, want_rows: true }
	}
}

const said = v.object({ message: v.string(), code: v.nullish(v.string(), 'UNKNOWN') })
const batchResult = v.object({
	// Cells are looked at one by one as they are read: a check of each here would cost more than all the rest.
	step_results: v.array(v.nullable(v.object({ rows: v.custom<unknown[]>(Array.isArray) }))),
	step_errors: v.array(v.nullable(said)),
})
const requestResult = v.variant('type', [
	v.object({ type: v.literal('error'), error: said }),
	v.object({ type: v.literal('ok'), response: v.looseObject({ result: v.optional(batchResult) }) }),
])
const answerSchema = v.object({ results: v.array(requestResult) })

type StepsResults = v.InferOutput<typeof batchResult>
/** Of a batch that could not even be begun only what the database said: nothing of it was done. */
type BatchResult = StepsResults | Said | undefined

function resultsOf(answer: unknown): BatchResult[] {
	const read = v.safeParse(answerSchema, answer)
	if (!read.success) throw new SyntaxError('not the answer to a pipeline')
	return read.output.results.map((each) => (each.type === 'error' ? each.error : each.response.result))
}

function isSaid(result: BatchResult): result is Said {
	return result !== undefined && 'code' in result
}

/** What became of each step of a batch. */
class StepResults {
	readonly #results: StepsResults['step_results']
	readonly #errors: StepsResults['step_errors']

	constructor(batch: BatchResult, steps: number) {
		if (!batch) throw new SyntaxError('a batch without a result')
		if (isSaid(batch)) throw saidError(batch)
		if (batch.step_results.length !== steps || batch.step_errors.length !== steps) {
			throw new SyntaxError('not a result for each step')
		}
		this.#results = batch.step_results
		this.#errors = batch.step_errors
	}

	ran(step: number): boolean {
		return Boolean(this.#results[step])
	}

	errorOf(step: number): Said | undefined {
		return this.#errors[step] ?? undefined
	}

	/** The first is the reason, others follow from it. */
	firstFailure(first: number, last: number): { kind: 'failed'; at: number; error: Said } | undefined {
		for (let at = first; at <= last; at++) {
			const error = this.errorOf(at)
			if (error) return { kind: 'failed', at, error }
		}
		return undefined
	}

	/** Nothing where it did not run. */
	rowsOf(step: number): Rows | undefined {
		return this.#results[step]?.rows.map(rowOf)
	}

	/** None where one did not run. */
	rowsAsked(steps: readonly number[]): Rows[] {
		return steps.map((step) => this.rowsOf(step) ?? [])
	}

	allRows(first: number, last: number): Rows[] {
		return Array.from({ length: last - first + 1 }, (_, i) => {
			const rows = this.rowsOf(first + i)
			if (!rows) throw new SyntaxError('a statement without a result')
			return rows
		})
	}
}

function rowOf(cells: unknown): DriverValue[] {
	if (!Array.isArray(cells)) throw new SyntaxError('a row that is not an array')
	return cells.map(valueOf)
}

function valueOf(cell: unknown): DriverValue {
	if (typeof cell === 'object' && cell !== null && 'type' in cell) {
		if (cell.type === 'null') return null
		if ('value' in cell) {
			const { type, value } = cell
			if (type === 'text' && typeof value === 'string') return value
			if (type === 'integer' && typeof value === 'string') return integer(value)
			// JSON has no infinity: the server writes null.
			if (type === 'float') return typeof value === 'number' ? value : Number.NaN
		}
		if (cell.type === 'blob' && 'base64' in cell && typeof cell.base64 === 'string') {
			return bytesOfBase64(cell.base64).buffer
		}
	}
	throw new SyntaxError('a value of no known type')
}

/** A number while that is exact. */
function integer(digits: string): number | bigint {
	const value = Number(digits)
	return Number.isSafeInteger(value) ? value : BigInt(digits)
}
