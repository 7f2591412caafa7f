import * as v from 'valibot'
import type { DriverValue, Mode, Rows, Statement } from './send'

// Hrana over HTTP: https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_3_SPEC.md. One request opens a
// stream, runs a batch in it, and closes it.

/** What the database says went wrong. The message may hold SQL and values. */
export class PipelineError extends Error {
	override readonly name = 'PipelineError'
	constructor(
		readonly code: string,
		message: string,
	) {
		super(message)
	}
}

const BEGIN: Record<Mode, string> = { write: 'BEGIN IMMEDIATE', read: 'BEGIN TRANSACTION READONLY' }

/** The body of a request that runs statements in one transaction: each step only if the one before went well. */
export function pipelineOf(statements: readonly Statement[], mode: Mode): string {
	const commit = statements.length + 1
	const steps = [
		{ stmt: { sql: BEGIN[mode], want_rows: false } },
		...statements.map(({ sql, args }, i) => ({
			condition: { type: 'ok', step: i },
			stmt: { sql, args: args.map((value) => ({ type: 'text', value })), want_rows: true },
		})),
		{ condition: { type: 'ok', step: commit - 1 }, stmt: { sql: 'COMMIT', want_rows: false } },
		{
			condition: { type: 'not', cond: { type: 'ok', step: commit } },
			stmt: { sql: 'ROLLBACK', want_rows: false },
		},
	]
	return JSON.stringify({ requests: [{ type: 'batch', batch: { steps } }, { type: 'close' }] })
}

const error = v.object({ message: v.string(), code: v.nullish(v.string(), 'UNKNOWN') })
const failed = v.object({ type: v.literal('error'), error })
const ran = v.object({
	type: v.literal('ok'),
	response: v.object({
		type: v.literal('batch'),
		result: v.object({
			// Cells are looked at one by one as they are read: a check of each here would cost more than all the rest.
			step_results: v.array(v.nullable(v.object({ rows: v.custom<unknown[]>(Array.isArray) }))),
			step_errors: v.array(v.nullable(error)),
		}),
	}),
})
const answer = v.object({ results: v.looseTuple([v.variant('type', [failed, ran])]) })

/**
 * The rows of each statement, once the transaction is committed.
 * @throws PipelineError where it was not; SyntaxError for an answer that makes no sense, so that nobody knows.
 */
export function rowsOf(json: unknown, statements: number): Rows[] {
	const read = v.safeParse(answer, json)
	if (!read.success) throw new SyntaxError('not the answer to a pipeline')
	const [first] = read.output.results
	if (first.type === 'error') throw new PipelineError(first.error.code, first.error.message)
	const { step_results: results, step_errors: errors } = first.response.result
	// The first error is the reason, the others follow from it.
	const reason = errors.find((each) => each !== null)
	if (reason) throw new PipelineError(reason.code, reason.message)
	if (!results[statements + 1]) throw new SyntaxError('a transaction without an end')
	return results.slice(1, statements + 1).map((result) => {
		if (!result) throw new SyntaxError('a statement without a result')
		return result.rows.map(rowOf)
	})
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
			if (type === 'float' && typeof value === 'number') return value
		}
		if (cell.type === 'blob' && 'base64' in cell && typeof cell.base64 === 'string') {
			return Uint8Array.from(Buffer.from(cell.base64, 'base64')).buffer
		}
	}
	throw new SyntaxError('a value of no known type')
}

/** A number while that is exact. */
function integer(digits: string): number | bigint {
	const value = Number(digits)
	return Number.isSafeInteger(value) ? value : BigInt(digits)
}
