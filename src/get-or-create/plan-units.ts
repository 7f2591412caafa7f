import type { Statement, Unit, UnitResult } from '../database/send'
import type { Plan } from './plan'
import { guardOf } from './proof'
import type { TableInfo } from './table'

/** The statements of a plan, and what is asked where they fail. */
export interface PlanStatements {
	statements: readonly Statement[]
	why: readonly Statement[]
}

/** Plans as units of a transaction: one a plan, but for those of a trial, which are one. Guards of tables go first. */
export class PlanUnits {
	readonly #guarded: readonly TableInfo[]
	readonly #units: Plan[][] = []
	/** The unit of each plan. */
	readonly #unitOf: number[] = []
	/** How many statements each plan had when its unit was made last. */
	#lengths: number[] = []

	constructor(plans: readonly Plan[], guarded: readonly TableInfo[]) {
		this.#guarded = guarded
		let trial: number | undefined
		for (const plan of plans) {
			if (plan.trial !== undefined && plan.trial === trial) this.#units.at(-1)?.push(plan)
			else this.#units.push([plan])
			trial = plan.trial
			this.#unitOf.push(guarded.length + this.#units.length - 1)
		}
	}

	of(statementsOf: (plan: Plan, place: number) => PlanStatements): Unit[] {
		let place = 0
		this.#lengths = []
		const units = this.#units.map((plans, i): Unit => {
			const own = plans.map((plan) => statementsOf(plan, place++))
			this.#lengths.push(...own.map(({ statements }) => statements.length))
			const [first] = plans
			return {
				statements: own.flatMap(({ statements }) => statements),
				// Of a trial that is refused each row will be asked.
				why: first?.trial === undefined ? own.flatMap(({ why }) => why) : [],
				after: this.#before(plans).filter((unit) => unit !== this.#guarded.length + i),
				group: first?.group === undefined ? undefined : this.#unitOf[first.group],
				row: first?.row,
			}
		})
		return [...this.#guarded.map(guardOf), ...units]
	}

	/** The plans of a unit. */
	plansOf(unit: number): readonly Plan[] {
		return this.#units[unit - this.#guarded.length] ?? []
	}

	/** What became of each plan: of those of a trial the same, but for what their statements gave. */
	resultsOf(results: readonly UnitResult[]): UnitResult[] {
		let place = 0
		return this.#units.flatMap((plans, i): UnitResult[] => {
			const result = results[this.#guarded.length + i]
			if (!result) throw new Error('the database left out a result')
			const [first] = plans
			if (first?.trial === undefined) {
				place++
				return [result]
			}
			let end = 0
			return plans.map(() => {
				const start = end
				end += this.#lengths[place++] ?? 0
				return result.kind === 'done' ? { kind: 'done', rows: result.rows.slice(start, end) } : result
			})
		})
	}

	/** The units that have to go well before these plans. */
	#before(plans: readonly Plan[]): number[] {
		const guards = plans.map(({ shape: { table } }) => this.#guarded.indexOf(table)).filter((at) => at >= 0)
		const others = plans.flatMap(({ after }) => after).flatMap((place) => this.#unitOf[place] ?? [])
		return [...new Set([...guards, ...others])]
	}
}
