import { classify, type DatabaseError } from '../database/failure'
import { type Batch, type Rows, type Statement, send } from '../database/send'
import { isGiven, valueOf } from './conditions'
import { faultAt } from './encode'
import { type Conflict, ConflictError, type Fault, InvalidRowError } from './errors'
import type { Outcome } from './outcome'
import type { Entry } from './plan'
import type { RowRequest } from './row-request'
import type { Shape } from './shape'
import { statementsOf } from './statements'

/** Names the keys that stood in the way: one more read, on this path only. Without conflicts it reads nothing. */
export async function describeConflicts(
	batch: Batch,
	entries: readonly Entry[],
	outcomes: Outcome[],
	deadline: number,
): Promise<Outcome[]> {
	const blocked = entries.flatMap(({ request }, at) => {
		const outcome = outcomes[at]
		return outcome?.kind === 'error' && outcome.error instanceof ConflictError ? [{ request, at }] : []
	})
	if (blocked.length === 0) return outcomes
	const shapes = [...Map.groupBy(blocked, ({ request }) => request.shape)].map(([shape, rows]) => {
		const args = [`[${rows.map(({ request }) => request.json).join()}]`]
		const reads = statementsOf(shape).holders.map(({ sql }): Statement => ({ sql, args }))
		return { shape, rows, reads }
	})
	const described = [...outcomes]
	try {
		const { results } = await send(batch, () => shapes.flatMap(({ reads }) => reads), 'read', deadline)
		let next = 0
		for (const { shape, rows, reads } of shapes) {
			const conflicts = conflictsIn(shape, results.slice(next, (next += reads.length)))
			rows.forEach(({ at }, place) => {
				described[at] = { ...conflictOver(conflicts.get(place)), replayed: outcomes[at]?.replayed }
			})
		}
	} catch (error) {
		for (const { at } of blocked) described[at] = { kind: 'error', error: classify(error) }
	}
	return described
}

/** Each row's conflicts, by its place, from the results of the shape's `holders`. */
export function conflictsIn(shape: Shape, results: readonly Rows[]): Map<number, Conflict[]> {
	const conflicts = new Map<number, Conflict[]>()
	for (const [i, { key }] of statementsOf(shape).holders.entries()) {
		for (const [place, ...flags] of results[i] ?? []) {
			const differs = shape.by.filter((_, column) => flags[column] === 1).map(({ property }) => property)
			// Where nothing differs it is the row asked for itself.
			if (differs.length === 0) continue
			const conflict = { key: key.columns.map(({ property }) => property), differs }
			conflicts.set(Number(place), [...(conflicts.get(Number(place)) ?? []), conflict])
		}
	}
	return conflicts
}

/** What a constraint's refusal of this one row means for its caller, read from SQLite's message. */
export async function diagnose(
	batch: Batch,
	request: RowRequest,
	error: DatabaseError,
	deadline: number,
): Promise<Outcome> {
	if (error.failure !== 'constraint') return { kind: 'error', error }
	const message = error.cause instanceof Error ? error.cause.message : ''
	const { table } = request.shape
	const [, kind, subject = ''] =
		/(NOT NULL|CHECK|FOREIGN KEY|UNIQUE) constraint failed(?:: (.*))?$/.exec(message) ?? []
	switch (kind) {
		case 'UNIQUE': {
			const conflict = conflictOver()
			const [outcome] = await describeConflicts(batch, [{ request, call: 0 }], [conflict], deadline)
			return outcome ?? conflict
		}
		case 'NOT NULL': {
			const column = table.columns.find(({ column: { name } }) => subject.endsWith(`.${name}`))
			return invalid(column ? faultAt(column, 'must not be null') : atRow('must not hold null'))
		}
		case 'CHECK':
			return invalid(atRow(`breaks the rule "${subject.replaceAll('_', ' ')}"`))
		case 'FOREIGN KEY':
			return await missingParents(batch, request, deadline)
		default:
			return invalid(atRow('is refused by a rule of the table'))
	}
}

/** SQLite doesn't say which foreign key failed: one more read finds the parents that aren't there. */
async function missingParents(batch: Batch, { shape, json }: RowRequest, deadline: number): Promise<Outcome> {
	const parents = shape.table.parents.filter(({ columns }) =>
		columns.every((column) => isGiven(shape, column)),
	)
	const reads = parents.map(({ columns, table, references }): Statement => {
		const values = columns.map((column) => valueOf(shape, column, 'given'))
		const matches = references.map((reference, i) => `parent.${reference} = ${values[i]}`).join(' AND ')
		const present = values.map((value) => `${value} IS NOT NULL`).join(' AND ')
		return {
			sql: `SELECT 1 FROM json_each(?1) AS item WHERE ${present} AND NOT EXISTS (SELECT 1 FROM ${table} AS parent WHERE ${matches})`,
			args: [`[${json}]`],
		}
	})
	try {
		const { results } = await send(batch, () => reads, 'read', deadline)
		const orphaned = parents.filter((_, i) => (results[i]?.length ?? 0) > 0)
		const columns = new Set(orphaned.flatMap((parent) => parent.columns))
		if (columns.size === 0) return invalid(atRow('would leave a row without the row that it refers to'))
		return invalid(...[...columns].map((column) => faultAt(column, 'refers to a row that does not exist')))
	} catch (error) {
		return { kind: 'error', error: classify(error) }
	}
}

export function conflictOver(conflicts: Conflict[] = []): Outcome {
	return { kind: 'error', error: new ConflictError(conflicts) }
}

function invalid(...faults: Fault[]): Outcome {
	return { kind: 'error', error: new InvalidRowError(faults) }
}

function atRow(detail: string): Fault {
	return { pointer: '', detail }
}
