import { classify } from '../database/failure'
import { type Batch, type DriverValue, query, rowsOfLast, send } from '../database/send'
import { anchorOf, type Manner } from './conditions'
import { guardOf, type Proofs } from './proof'
import { decoded } from './read-value'
import type { RowRequest } from './row-request'
import type { Shape } from './shape'
import { selectByIdentity, statementsOf } from './statements'

const ALONE: Omit<Manner, 'asBytes'> = { rows: 'one', isRepeat: false, isFollowed: false, mayChange: false }

/** Reads the row that a request of the verb `get` asks for. @throws DatabaseError */
export async function findRow(
	batch: Batch,
	{ shape, json }: RowRequest,
	deadline: number,
	proofs?: Proofs,
): Promise<DriverValue[] | undefined> {
	const { table } = shape
	for (const asBytes of [false, true]) {
		const guard = proofs && !proofs.of(table) ? guardOf(table) : undefined
		const { steps } = statementsOf(shape, { ...ALONE, asBytes })
		const statements = steps.map(({ sql }) => ({ sql, args: [`[${json}]`] }))
		const units = guard ? [guard, { statements }] : [{ statements }]
		try {
			const { results } = await send(batch, () => units, 'read', deadline)
			const lack = guard && proofs?.note(table, results[0])
			if (lack) throw lack
			const row = rowsOfLast(results)[0]?.[0]
			if (!row || row[anchorOf(shape).index] === null) return undefined
			return asBytes ? decoded(table, row) : row
		} catch (error) {
			if (asBytes || classify(error).failure !== 'unreadable') throw error
		}
	}
	return undefined
}

/** Reads a row by its identity. @throws DatabaseError */
export async function readIdentified(
	batch: Batch,
	shape: Shape,
	identity: readonly DriverValue[],
	deadline: number,
): Promise<DriverValue[] | undefined> {
	const scalars = shape.table.identity.map(({ codec }, place) => {
		const value = identity[place] ?? null
		return value === null ? null : codec.scalarOf(value)
	})
	const args = [JSON.stringify([scalars])]
	const [rows] = await query(batch, [{ sql: selectByIdentity(shape), args }], 'read', deadline)
	return rows?.[0]
}
