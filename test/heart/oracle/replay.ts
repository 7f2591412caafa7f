import { getTableName } from 'drizzle-orm'
import type { Twins } from '../../support/kinds'
import { database, fresh } from '../../support/service'
import { differenceOfOutcomes, differenceOfTables, emptyTables } from './compare'
import { Renaming } from './renaming'
import { type App, sendSingly, sendTogether } from './send'
import type { Move, Step } from './step'

/** Sends a history's rows to the one table together, and to its twin one by one: what differs, in words. */
export async function replay(app: App, twins: Twins, history: readonly Move[]): Promise<string | undefined> {
	await emptyTables(twins)
	const renaming = new Renaming(twins.kind.madeUp)
	const prefix = fresh('o')
	const done: { step: Step; translated: Step }[] = []
	for (const move of history) {
		if ('deleted' in move) {
			await deleteRow(twins, move.deleted)
			continue
		}
		const next = 'again' in move ? done.at(-1 - move.again) : translate(renaming, move)
		if (next === 'unsayable') return undefined
		if (!next) continue
		done.push(next)
		const { step, translated } = next
		const key = step.key === undefined ? undefined : `${prefix}-${step.key}`
		const together = await sendTogether(app, getTableName(twins.together), step, key)
		const single = await sendSingly(app, getTableName(twins.single), translated, key)
		if (renaming.isGuess(step.rows, together, single)) return undefined
		const difference = differenceOfOutcomes(renaming, { step, asked: step.rows, together, single })
		if (difference !== undefined) return difference
	}
	return await differenceOfTables(renaming, twins)
}

/** A step as it is said of the twin, unless it names an id that only the one table has given. */
function translate(renaming: Renaming, step: Step): { step: Step; translated: Step } | 'unsayable' {
	const rows = step.rows.map((row) => renaming.translate(row))
	const known = rows.filter((row) => row !== undefined)
	if (known.length < rows.length) return 'unsayable'
	return { step, translated: { ...step, rows: known } }
}

async function deleteRow({ kind: { deletedBy, values }, together, single }: Twins, nth: number) {
	const choices = deletedBy === undefined ? [] : (values[deletedBy] ?? [])
	const value = choices[nth % choices.length]
	if (typeof value !== 'string') return
	await database().$client.batch(
		[together, single].map((table) => ({
			sql: `DELETE FROM "${getTableName(table)}" WHERE "${deletedBy}" = ?`,
			args: [value],
		})),
		'write',
	)
}
