import type { Fault } from './errors'
import type { ColumnInfo } from './table'

/** A value as JSON text that SQLite reads back unchanged; a value of another type than the column's becomes a fault. */
export function encode(info: ColumnInfo, value: unknown, faults: Fault[]): string {
	if (value === null) {
		if (info.column.notNull) faults.push(faultAt(info, 'must not be null'))
		return 'null'
	}
	let driver: unknown
	try {
		driver = info.column.mapToDriverValue(value)
	} catch {
		driver = undefined // a mapper given a value of another type may throw whatever it likes
	}
	const { affinity } = info
	if (affinity === 'blob') {
		if (driver instanceof Uint8Array) return `"${Buffer.from(driver).toString('hex')}"`
	} else if (typeof driver === 'string') {
		const numbers = affinity === 'integer' || affinity === 'real'
		const wrong = numbers ? wrongType(info) : textFault(info, driver)
		if (wrong === undefined) return JSON.stringify(driver)
		faults.push(faultAt(info, wrong))
		return 'null'
	} else if (affinity !== 'text') {
		if (typeof driver === 'bigint') return String(driver)
		if (typeof driver === 'boolean' || Number.isFinite(driver)) return JSON.stringify(driver)
	}
	faults.push(faultAt(info, wrongType(info)))
	return 'null'
}

function wrongType({ column }: ColumnInfo): string {
	return `must be a value for ${column.getSQLType()}`
}

/** What is wrong with a text for a column that takes text, if anything. SQLite itself enforces none of it. */
export function textFault({ column }: ColumnInfo, text: string): string | undefined {
	// SQLite's length() stops at U+0000, and libSQL refuses text that has no UTF-8 form.
	if (!text.isWellFormed()) return 'must not contain half of a surrogate pair'
	if (text.includes('\0')) return 'must not contain U+0000'
	if (column.enumValues?.length && !column.enumValues.includes(text)) {
		return `must be one of ${column.enumValues.join(', ')}`
	}
	const max = maxLengthOf(column)
	// Characters are code points, as in SQLite's length() and in JSON Schema's maxLength.
	if (max !== undefined && text.length > max && Array.from(text).length > max) {
		return `must have at most ${max} characters`
	}
	return undefined
}

export function maxLengthOf(column: ColumnInfo['column']): number | undefined {
	return 'length' in column && typeof column.length === 'number' ? column.length : undefined
}

/** A fault at a column, its name escaped as RFC 6901 says. */
export function faultAt({ property }: Pick<ColumnInfo, 'property'>, detail: string): Fault {
	return { pointer: `/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail }
}
