import { classify } from '../database/failure'
import { type Batch, type DriverValue, query, rowsOfLast, send } from '../database/send'
import { anchorOf, type Manner } from './conditions'
import { overItems } from './items'
import { guardOf, type Proofs } from './proof'
import { rowsIn } from './read-value'
import type { RowRequest } from './row-request'
import type { Shape } from './shape'
import { selectByIdentity, statementsOf } from './statements'

const ALONE: Omit<Manner, 'asBytes'> = {
	rows: 'one',
	isRepeat: false,
	isOnlyLooked: false,
	isFollowed: false,
	isInOrder: false,
	mayChange: false,
	mayDefer: false,
	looksFirst: false,
	bond: 'none',
}

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
		const statements = steps.map(({ sql }) => overItems(sql, [json]))
		const units = guard ? [guard, { statements }] : [{ statements }]
		try {
			const { results } = await send(batch, () => units, 'read', deadline)
			const lack = guard && proofs?.note(table, results[0])
			if (lack) throw lack
			const [row] = rowsIn(table, asBytes, rowsOfLast(results)[0])
			return row?.values[anchorOf(shape).index] === null ? undefined : row?.values
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
	const cells = shape.table.identity.map(({ codec }, place) => {
		const value = identity[place] ?? null
		const cell = codec.cell(value instanceof ArrayBuffer ? new Uint8Array(value) : value)
		return typeof cell === 'string' ? cell : 'null'
	})
	const statement = overItems(selectByIdentity(shape), [`[${cells.join()}]`])
	const [rows] = await query(batch, [statement], 'read', deadline)
	return rowsIn(shape.table, false, rows)[0]?.values
}
