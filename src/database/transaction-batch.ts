import { type QueryWithTypings, SQL, type SQLWrapper } from 'drizzle-orm'
import { DatabaseError, ofStatement, saidIn } from './failure'
import {
	type Batch,
	type DriverValue,
	type Level,
	type Rows,
	runsOf,
	type Statement,
	type Unit,
	type UnitResult,
	within,
} from './send'

/** As much of a Drizzle transaction over libSQL as its statements need. */
interface Transaction {
	values<T extends unknown[]>(query: SQLWrapper): PromiseLike<T[]>
}

/**
 * Units in a transaction that is the caller's, whatever the mode: their statements go one after the other, each unit in a
 * savepoint, and COMMIT is the caller's too. What can't be undone by itself has taken the whole transaction with it, and
 * is never tried again: who knows what else was in it.
 */
export function transactionBatch(tx: Transaction): Batch {
	const state = stateOf(tx)
	return async (units, _mode, deadline) => {
		const turn = state.turn.then(async () => {
			// Over HTTP what comes after its end would be committed by itself.
			if (state.lost) throw state.lost
			if (Date.now() >= deadline) throw new DatabaseError('rejected', 'timeout')
			try {
				return await runUnits(tx, units, deadline)
			} catch (error) {
				throw (state.lost = new DatabaseError('ended', driverError(error)))
			}
		})
		state.turn = turn.catch(() => undefined)
		return await turn
	}
}

interface State {
	/** When those before are done: calls that are made at once would undo each other's savepoints. */
	turn: Promise<unknown>
	lost: DatabaseError | undefined
}

const states = new WeakMap<object, State>()

/** A transaction in a transaction is a savepoint of the same session. */
function stateOf(tx: Transaction): State {
	const session = 'session' in tx && typeof tx.session === 'object' && tx.session ? tx.session : tx
	const state = states.get(session) ?? { turn: Promise.resolve(), lost: undefined }
	states.set(session, state)
	return state
}

type Execute = (statement: Statement) => Promise<Rows>

async function runUnits(tx: Transaction, units: readonly Unit[], deadline: number): Promise<UnitResult[]> {
	const execute: Execute = async (statement) => {
		const rows = await within(Promise.resolve(tx.values<DriverValue[]>(new NumberedSql(statement))), deadline)
		return rows.map((row) => Array.from(row))
	}
	const results: UnitResult[] = []
	const runRuns = async (of: readonly Unit[], [level, ...inner]: readonly Level[]): Promise<void> => {
		if (!level) {
			for (const unit of of) {
				const isLeftOut = unit.after?.some((place) => results[place]?.kind !== 'done')
				results.push(isLeftOut ? { kind: 'skipped' } : await runUnit(execute, unit))
			}
			return
		}
		for (const { units: run } of runsOf(of, level)) {
			if (run.length === 1) {
				await runRuns(run, [])
				continue
			}
			const start = results.length
			await execute(SAVEPOINTS[level].save)
			await runRuns(run, inner)
			if (results.slice(start).some(({ kind }) => kind !== 'done')) await execute(SAVEPOINTS[level].undo)
			await execute(SAVEPOINTS[level].release)
		}
	}
	await runRuns(units, ['group', 'row'])
	return results
}

const savepoint = (name: string) => ({
	save: { sql: `SAVEPOINT ${name}`, args: [] },
	undo: { sql: `ROLLBACK TO ${name}`, args: [] },
	release: { sql: `RELEASE ${name}`, args: [] },
})
const UNIT = savepoint('edge_get_or_create')
const SAVEPOINTS = {
	group: savepoint('edge_get_or_create_group'),
	row: savepoint('edge_get_or_create_row'),
}

/** @throws whatever took the transaction with it. */
async function runUnit(execute: Execute, { statements, why = [] }: Unit): Promise<UnitResult> {
	await execute(UNIT.save)
	const rows: Rows[] = []
	try {
		for (const statement of statements) rows.push(await execute(statement))
	} catch (error) {
		// Of a statement without an answer nobody knows whether it is still to come.
		if (error instanceof DatabaseError) throw error
		await execute(UNIT.undo).catch(() => {
			throw error
		})
		const told: Rows[] = []
		for (const each of why) told.push(await execute(each))
		await execute(UNIT.release)
		const said = saidIn(driverError(error)) ?? { code: 'UNKNOWN', message: String(error) }
		return { kind: 'failed', at: rows.length, error: ofStatement(said), why: told }
	}
	await execute(UNIT.release)
	return { kind: 'done', rows }
}

/** Drizzle numbers no parameters, and ours are used more than once. */
class NumberedSql extends SQL {
	readonly #statement: Statement

	constructor(statement: Statement) {
		super([])
		this.#statement = statement
	}

	override toQuery(): QueryWithTypings {
		return { sql: this.#statement.sql, params: [...this.#statement.args] }
	}
}

/** Drizzle wraps what its driver threw, and the wrapping holds SQL and values. */
function driverError(error: unknown): unknown {
	let at = error
	while (at instanceof Error && !saidIn(at) && at.cause !== undefined) at = at.cause
	return at
}
