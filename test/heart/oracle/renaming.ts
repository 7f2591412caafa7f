import type { Json } from '../../support/kinds/kind'
import type { Outcome, Row } from './outcome'

/** What two tables call the same thing, of one kind of made-up values: one name each. */
interface Names {
	forward: Map<string, string>
	backward: Map<string, string>
	/** Named by a caller. */
	given: Set<string>
}

/**
 * Made-up values may differ between twins: ids may be given in another order. Which of them mean the same is learnt from
 * rows that should be the same, and has to hold from then on.
 */
export class Renaming {
	readonly #names = new Map<string, Names>()
	readonly #classes: Readonly<Record<string, string>>

	/** `classes`: the columns of made-up values, and what the values name. */
	constructor(classes: Readonly<Record<string, string>> = {}) {
		this.#classes = classes
	}

	/** The row as the other table's callers would say it; undefined where it names what has no name there. */
	translate(row: Row): Row | undefined {
		const said = Object.entries(row).map(([column, value]): [string, Json | undefined] => {
			const names = this.#namesOf(column)
			if (!names || value === null) return [column, value]
			const name = nameOf(value)
			names.given.add(name)
			const other = names.forward.get(name)
			if (other !== undefined) return [column, valueOf(other)]
			return [column, names.backward.has(name) ? undefined : value]
		})
		return said.some(([, value]) => value === undefined) ? undefined : (Object.fromEntries(said) as Row)
	}

	/** Whether values of the same row, as two tables have them, mean the same. `asked` is what the caller said of it. */
	same(column: string, one: Json, other: Json, asked: Row, created: boolean): boolean {
		const names = this.#namesOf(column)
		if (!names || one === null || other === null) return JSON.stringify(one) === JSON.stringify(other)
		const [a, b] = [nameOf(one), nameOf(other)]
		if (created && !(column in asked)) {
			// Just made up: whatever had that name before is gone.
			this.#forget(names, a, b)
		} else if (names.forward.has(a) || names.backward.has(b)) {
			return names.forward.get(a) === b
		} else if (a !== b && (names.given.has(a) || names.given.has(b))) {
			return false
		}
		names.forward.set(a, b)
		names.backward.set(b, a)
		return true
	}

	/**
	 * Whether a caller has named an id that was only to be made up in that same step, and that went to another row in the
	 * one table than in the other. As ids may be given in another order, the answers may then differ.
	 */
	isGuess(rows: readonly Row[], together: readonly Outcome[], single: readonly Outcome[]): boolean {
		return Object.keys(this.#classes).some((column) => {
			const [ones, others] = [madeUp(column, rows, together), madeUp(column, rows, single)]
			const [a, b] = [new Set(ones.values()), new Set(others.values())]
			if (a.size !== b.size || ![...a].every((name) => b.has(name))) return false
			const moved = [...ones].filter(([place, name]) => others.get(place) !== name).map(([, name]) => name)
			const related = Object.keys(this.#classes).filter(
				(each) => this.#classes[each] === this.#classes[column],
			)
			const said = rows.flatMap((row) => related.map((each) => nameOf(row[each] ?? null)))
			return moved.some((name) => said.includes(name))
		})
	}

	/** The name that both tables' rows can be compared by, of a value as SQL literal; the same for all without one. */
	common(column: string, literal: string, of: 'together' | 'single'): string {
		const names = this.#namesOf(column)
		if (!names || literal === 'NULL') return literal
		if (of === 'together') return names.forward.get(literal) ?? '?'
		return names.backward.has(literal) ? literal : '?'
	}

	#namesOf(column: string): Names | undefined {
		const type = this.#classes[column]
		if (type === undefined) return undefined
		const known = this.#names.get(type)
		if (known) return known
		const names: Names = { forward: new Map(), backward: new Map(), given: new Set() }
		this.#names.set(type, names)
		return names
	}

	#forget({ forward, backward }: Names, a: string, b: string): void {
		const [other, one] = [forward.get(a), backward.get(b)]
		if (other !== undefined) backward.delete(other)
		if (one !== undefined) forward.delete(one)
	}
}

/** What was made up for the column, by the place of its row. */
function madeUp(column: string, rows: readonly Row[], outcomes: readonly Outcome[]): Map<number, string> {
	const names = new Map<number, string>()
	for (const [place, outcome] of outcomes.entries()) {
		const asked = rows[place] ?? {}
		if (!('row' in outcome) || !outcome.created || column in asked) continue
		names.set(place, nameOf(outcome.row[column] ?? null))
	}
	return names
}

/** As a literal of SQL, which is how the tables are read in the end. */
function nameOf(value: Json): string {
	return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}

function valueOf(name: string): Json {
	return name.startsWith("'") ? name.slice(1, -1).replaceAll("''", "'") : Number(name)
}
