import { Expression } from './codec/codec'
import { CELL, parameterSql, withCell, withParameters } from './codec/expression'
import { type Fault, faultAt } from './errors'
import { Reference } from './reference'
import type { Slot } from './shape'
import { type ColumnInfo, valueIn } from './table'
import { decidingKey } from './unique-key'

/** What a slot of one row holds: the cell of a value, or SQL, and the cell of its parameters where it has some. */
export type Filled = string | { expression: NonNullable<Slot['expression']>; cell: string | undefined }

/** A value of a column; what is wrong with it becomes a fault. */
export function fillIn(column: ColumnInfo, value: unknown, faults: Fault[]): Filled {
	if (value === null || value === undefined) {
		if (column.column.notNull) faults.push(faultAt(column, 'must not be null'))
		return 'null'
	}
	if (value instanceof Reference) return filledBySql(lookupOf(column, value), false)
	const cell = column.codec.encode(value)
	if (typeof cell === 'string') return cell
	if (cell instanceof Expression) return filledBySql(cell, false)
	faults.push(faultAt(column, cell.detail))
	return 'null'
}

export function filledBySql({ text, cells }: Expression, isOverRow: boolean): Filled {
	const hasCell = cells.length > 0
	return { expression: { text, hasCell, isOverRow }, cell: hasCell ? `[${cells.join()}]` : undefined }
}

export function cellOf(filled: Filled | undefined): string | undefined {
	return typeof filled === 'object' ? filled.cell : filled
}

/**
 * The key of the row that is referred to, looked up by what that is asked for by. It is there by then, for its own request
 * goes first, and tells what is wrong with it.
 */
function lookupOf(column: ColumnInfo, { table, row, by }: Reference): Expression {
	const referred = column.refersTo.find(({ name }) => name === table.name)
	if (!referred) throw new Error(`"${column.property}" does not refer to ${table.name}`)
	const filled = by.map((each) => fillIn(each, valueIn(row, each), []))
	const nulls = by.filter((_, place) => filled[place] === 'null')
	const key = decidingKey(table, by, nulls)
	const conditions = by.map((each, place) => {
		const stored = `parent.${each.sql}`
		const value = sqlOf(each, filled[place] ?? 'null', place)
		return key?.columns.includes(each) ? `${stored} = ${value}` : each.codec.matches(stored, value)
	})
	return new Expression(
		// The plus takes its affinity away: the column that refers to it has its own.
		`SELECT +parent.${referred.sql} FROM ${table.sql} AS parent WHERE ${conditions.join(' AND ')}`,
		filled.map((each) => cellOf(each) ?? 'null'),
	)
}

/** What stands at a place of an expression's cell. */
function sqlOf({ codec }: ColumnInfo, filled: Filled, place: number): string {
	if (typeof filled === 'string') return codec.sql(CELL, [place])
	const text = withParameters(filled.expression.text, (number) => parameterSql(CELL, [place, number]))
	return `(${withCell(text, `${CELL} -> ${place}`)})`
}
