import { DatabaseError, type Said } from './failure'
import {
	type Batch,
	type Mode,
	type Rows,
	type Statement,
	saidError,
	type Unit,
	type UnitResult,
} from './send'

/** Runs statements in one transaction, each only if the one before went well. @throws ChainError where one did not. */
export type Chain = (statements: readonly Statement[], mode: Mode, deadline: number) => Promise<Rows[]>

/** A statement of a chain failed, and the transaction was rolled back. `at` is its place: beyond the last for COMMIT. */
export class ChainError extends Error {
	override readonly name = 'ChainError'
	constructor(
		readonly at: number,
		readonly said: Said,
	) {
		super('a statement of a chain failed')
	}
}

/**
 * Units over what can only run statements that hang on each other (the second version of Hrana, any libSQL client):
 * where a unit fails, those before it go again without it, and those after it follow. The same answers, in more
 * transactions.
 */
export function chained(chain: Chain): Batch {
	return async (units, mode, deadline) => {
		const results: UnitResult[] = units.map(() => ({ kind: 'skipped' }))

		async function run(places: readonly number[]): Promise<void> {
			let pending = places
			while (pending.length > 0) {
				const failed = await tryAll(pending)
				if (failed === undefined) return
				const at = pending.indexOf(failed)
				await run(pending.slice(0, at))
				pending = pending.slice(at + 1).filter((place) => mayFollow(units[place]))
			}
		}

		/** Whether what must have gone well before this unit may still have. */
		function mayFollow(unit: Unit | undefined): boolean {
			const before = unit?.after
			if (before === undefined) return true
			return (
				results[before]?.kind === 'done' || (results[before]?.kind === 'skipped' && mayFollow(units[before]))
			)
		}

		/** Runs units in one transaction; gives the place of one that failed. */
		async function tryAll(places: readonly number[]): Promise<number | undefined> {
			const statements = places.map((place) => units[place]?.statements ?? [])
			try {
				const rows = await chain(statements.flat(), mode, deadline)
				let next = 0
				places.forEach((place, i) => {
					results[place] = { kind: 'done', rows: rows.slice(next, (next += statements[i]?.length ?? 0)) }
				})
				return undefined
			} catch (error) {
				if (!(error instanceof ChainError)) throw error
				const { at, said } = error
				let end = 0
				const i = statements.findIndex(({ length }) => at < (end += length))
				const failed = places[i < 0 && places.length === 1 ? 0 : i]
				// At COMMIT, and there is more than one who may have to do with it.
				if (failed === undefined) throw new DatabaseError('commit-refused', saidError(said))
				const start = i < 0 ? 0 : end - (statements[i]?.length ?? 0)
				results[failed] = { kind: 'failed', at: at - start, error: said, why: await ask(units[failed]?.why) }
				return failed
			}
		}

		async function ask(why: Statement | undefined): Promise<Rows | undefined> {
			return why && (await chain([why], 'read', deadline))[0]
		}

		if (mode !== 'write') for (const place of units.keys()) await run([place])
		else await run([...units.keys()])
		return results
	}
}
