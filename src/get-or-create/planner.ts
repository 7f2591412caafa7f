import { orderOf } from './order'
import type { Asker, Plan, PlannedRow } from './plan'
import { isTwin, type RowRequest } from './row-request'
import type { Shape } from './shape'
import { addedUp } from './summands'
import type { TableInfo } from './table'

interface PlannerOptions {
	/** Whatever is added to a row is added by itself. */
	isSumFelt: (table: TableInfo) => boolean
	group?: number | undefined
	/** What has to go well before. */
	after?: readonly number[]
	trial?: number
	isBound?: boolean
}

/**
 * Rows that share no unique value can't affect each other, so they may change places and share a statement. A row that
 * shares one with an earlier goes into a later plan, unless it asks for exactly the same (a twin). What shapes tell beyond
 * that is in order.ts; rows that refer to their own table go alone.
 */
export class Planner {
	readonly #plans: Plan[]
	readonly #options: PlannerOptions
	readonly #holders = new Map<number, { at: number; row: PlannedRow }>()
	readonly #latest = new Map<Shape, number>()
	/** The last plan that a row of the call is in, and the first that its next row may go into. */
	#last = -1
	#floor = 0
	#family: string | undefined

	constructor(plans: Plan[], options: PlannerOptions) {
		this.#plans = plans
		this.#options = options
	}

	add(request: RowRequest, asker: Asker, isOrdered: boolean): void {
		const { shape, uniqueValues } = request
		const order = orderOf(shape)
		const isAlone = isOrdered && (order.frees === 'untold' || request.refersToOwnTable)
		const isPassed = !isOrdered || order.frees === 'nothing'
		if (isOrdered && (isAlone || (this.#family !== undefined && order.family !== this.#family))) {
			this.#floor = this.#last + 1
		}
		this.#family = order.family
		let earliest = this.#floor
		if (!isPassed || (isOrdered && order.keepsOrder)) earliest = Math.max(earliest, this.#last)
		const held = uniqueValues.map((value) => this.#holders.get(value))
		const [twin] = held
		if (twin && !order.isSingle && twin.at >= earliest && held.every((holder) => holder?.row === twin.row)) {
			const sum = this.#options.isSumFelt(shape.table) ? undefined : addedUp(twin.row.request, request)
			if (sum) twin.row.request = sum
			if (sum || isTwin(twin.row.request, request)) {
				twin.row.askers.push(asker)
				return
			}
		}
		for (const holder of held) if (holder) earliest = Math.max(earliest, holder.at + 1)
		const row: PlannedRow = { request, askers: [asker] }
		const at = this.#place(shape, row, order.isSingle ? this.#plans.length : earliest, isOrdered)
		for (const value of uniqueValues) this.#holders.set(value, { at, row })
		this.#last = Math.max(this.#last, at)
		if (isAlone) this.#floor = at + 1
		else if (!isPassed) this.#floor = at
	}

	#place(shape: Shape, row: PlannedRow, earliest: number, isOrdered: boolean): number {
		const latest = this.#latest.get(shape) ?? -1
		const existing = latest >= earliest ? this.#plans[latest] : undefined
		if (existing) {
			existing.rows.push(row)
			return latest
		}
		const at = this.#plans.length
		const { group, trial, isBound = false, after: before = [] } = this.#options
		const after = isOrdered && this.#last >= 0 ? [this.#last] : before
		const isOneByOne = false
		this.#plans.push({ shape, rows: [row], after, group, row: undefined, trial, isBound, isOneByOne })
		this.#latest.set(shape, at)
		return at
	}
}
