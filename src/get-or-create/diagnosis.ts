import type { InStatement } from '@libsql/client/http'
import { classify, type DatabaseError } from '../database/failure'
import { type Batch, send } from '../database/send'
import type { Conflict, Fault } from './errors'
import type { Outcome } from './outcome'
import type { Entry } from './plan'
import { faultAt, type RowRequest } from './row-request'
import type { Shape } from './shape'
import { holdersOf, isGiven, keysAtStake, valueOf } from './statements'

/** Names the keys that stood in the way: one more read, on this path only. Without conflicts it reads nothing. */
export async function describeConflicts(
	batch: Batch,
	entries: readonly Entry[],
	outcomes: Outcome[],
	deadline: number,
): Promise<Outcome[]> {
	const byShape = new Map<Shape, number[]>()
	outcomes.forEach((outcome, at) => {
		const shape = entries[at]?.request.shape
		if (outcome.kind === 'conflict' && shape) byShape.set(shape, [...(byShape.get(shape) ?? []), at])
	})
	if (byShape.size === 0) return outcomes
	const reads = [...byShape].flatMap(([shape, places]) => {
		const args = [`[${places.map((at) => entries[at]?.request.json).join()}]`]
		return keysAtStake(shape).map((key) => ({ shape, places, key, sql: holdersOf(shape, key), args }))
	})
	const described = [...outcomes]
	try {
		const { results } = await send(
			batch,
			reads.map(({ sql, args }): InStatement => ({ sql, args })),
			'read',
			deadline,
		)
		const conflicts = new Map<number, Conflict[]>()
		results.forEach(({ rows }, i) => {
			const read = reads[i]
			for (const row of rows) {
				const [place, ...flags] = Array.from(row)
				const differs = read?.shape.by
					.filter((_, column) => flags[column] === 1)
					.map(({ property }) => property)
				const at = read?.places[Number(place)]
				// Where nothing differs it is the row asked for itself.
				if (!read || !differs?.length || at === undefined) continue
				const key = read.key.columns.map(({ property }) => property)
				conflicts.set(at, [...(conflicts.get(at) ?? []), { key, differs }])
			}
		})
		for (const at of [...byShape.values()].flat()) {
			described[at] = { kind: 'conflict', conflicts: conflicts.get(at) ?? [] }
		}
	} catch (error) {
		for (const at of [...byShape.values()].flat()) described[at] = { kind: 'failed', error: classify(error) }
	}
	return described
}

/** What a constraint's refusal of this one row means for its caller, read from SQLite's message. */
export async function diagnose(
	batch: Batch,
	request: RowRequest,
	error: DatabaseError,
	deadline: number,
): Promise<Outcome> {
	const message = error.cause instanceof Error ? error.cause.message : ''
	const { table } = request.shape
	const [, kind, subject = ''] =
		/(NOT NULL|CHECK|FOREIGN KEY|UNIQUE) constraint failed(?:: (.*))?$/.exec(message) ?? []
	switch (kind) {
		case 'UNIQUE': {
			const [outcome] = await describeConflicts(batch, [{ request, call: 0 }], [UNNAMED], deadline)
			return outcome ?? UNNAMED
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
	const reads = parents.map(({ columns, table, references }): InStatement => {
		const values = columns.map((column) => valueOf(shape, column, 'given'))
		const matches = references.map((reference, i) => `parent.${reference} = ${values[i]}`).join(' AND ')
		const present = values.map((value) => `${value} IS NOT NULL`).join(' AND ')
		return {
			sql: `SELECT 1 FROM json_each(?1) AS item WHERE ${present} AND NOT EXISTS (SELECT 1 FROM ${table} AS parent WHERE ${matches})`,
			args: [`[${json}]`],
		}
	})
	try {
		const { results } = await send(batch, reads, 'read', deadline)
		const orphaned = parents.filter((_, i) => (results[i]?.rows.length ?? 0) > 0)
		const columns = new Set(orphaned.flatMap((parent) => parent.columns))
		if (columns.size === 0) return invalid(atRow('would leave a row without the row that it refers to'))
		return invalid(...[...columns].map((column) => faultAt(column, 'refers to a row that does not exist')))
	} catch (error) {
		return { kind: 'failed', error: classify(error) }
	}
}

const UNNAMED: Outcome = { kind: 'conflict', conflicts: [] }

function invalid(...faults: Fault[]): Outcome {
	return { kind: 'invalid', faults }
}

function atRow(detail: string): Fault {
	return { pointer: '', detail }
}
