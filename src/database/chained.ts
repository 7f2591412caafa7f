import { DatabaseError, type Said } from './failure'
import { type Batch, type Mode, type Rows, runsOf, type Statement, saidError, type UnitResult } from './send'

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
 * where a unit fails, those before it go again without it, and those after it follow; where it is one of a group, its
 * group goes by itself, until it is known what of it fails. The same answers, in more transactions.
 */
export function chained(chain: Chain): Batch {
	return async (units, mode, deadline) => {
		const results: UnitResult[] = units.map(() => ({ kind: 'skipped' }))
		const groups = runsOf(units, 'group').map(({ start, units: { length } }) =>
			Array.from({ length }, (_, i) => start + i),
		)

		async function run(places: readonly number[]): Promise<void> {
			let pending = places
			while (pending.length > 0) {
				const failed = await tryAll(pending)
				if (failed === undefined) return
				const group = groups.find((each) => each.includes(failed)) ?? [failed]
				const [first = failed] = group
				await run(pending.filter((place) => place < first))
				if (group.length > 1) await runGroup(group)
				pending = pending.filter((place) => place > failed && !group.includes(place)).filter(mayFollow)
			}
		}

		/** Runs a group until it is done, or known what of it fails: then nothing of it is. */
		async function runGroup(group: readonly number[]): Promise<void> {
			let pending = group.filter(mayFollow)
			for (let failures = 0; ; failures++) {
				const failed = await tryAll(pending, failures > 0)
				if (failed === undefined) return
				pending = pending.filter((place) => !isOfRow(place, failed)).filter(mayFollow)
			}
		}

		function isOfRow(place: number, other: number): boolean {
			const row = units[other]?.row
			return place === other || (row !== undefined && units[place]?.row === row)
		}

		/** Whether what must have gone well before this unit may still have. */
		function mayFollow(place: number): boolean {
			return (units[place]?.after ?? []).every((before) => {
				const { kind } = results[before] ?? {}
				return kind === 'done' || (kind === 'skipped' && mayFollow(before))
			})
		}

		/** Runs units in one transaction, or in one that is undone; gives the place of one that failed. */
		async function tryAll(places: readonly number[], isUndone = false): Promise<number | undefined> {
			const statements = places.map((place) => units[place]?.statements ?? [])
			const all = statements.flat()
			try {
				const rows = await chain(isUndone ? undone(all) : all, mode, deadline)
				let next = isUndone ? 1 : 0
				places.forEach((place, i) => {
					results[place] = { kind: 'done', rows: rows.slice(next, (next += statements[i]?.length ?? 0)) }
				})
				return undefined
			} catch (error) {
				if (!(error instanceof ChainError)) throw error
				const { said } = error
				const at = isUndone ? error.at - 1 : error.at
				let end = 0
				const i = statements.findIndex(({ length }) => at < (end += length))
				const failed = places[i < 0 && places.length === 1 ? 0 : i]
				// At COMMIT, and there is more than one who may have to do with it.
				if (failed === undefined) throw new DatabaseError('commit-refused', saidError(said))
				const start = i < 0 ? 0 : end - (statements[i]?.length ?? 0)
				const { group, why = [] } = units[failed] ?? {}
				const before = group === undefined ? [] : statements.slice(0, i)
				results[failed] = { kind: 'failed', at: at - start, error: said, why: await ask(why, before.flat()) }
				return failed
			}
		}

		/** What a unit that failed was, after those of its group. */
		async function ask(why: readonly Statement[], before: readonly Statement[]): Promise<Rows[]> {
			if (why.length === 0) return []
			if (before.length === 0) return await chain(why, 'read', deadline)
			const rows = await chain(undone([...before, ...why]), 'write', deadline)
			return rows.slice(1 + before.length, -2)
		}

		if (mode === 'write') await run([...units.keys()])
		else for (const group of groups) await run(group)
		return results
	}
}

/** They run, and nothing of what they do remains. */
function undone(statements: readonly Statement[]): Statement[] {
	const savepoint = (verb: string): Statement => ({ sql: `${verb} edge_get_or_create`, args: [] })
	return [savepoint('SAVEPOINT'), ...statements, savepoint('ROLLBACK TO'), savepoint('RELEASE')]
}
