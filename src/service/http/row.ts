import type { DriverValue } from '../../database/send'
import { Wrong } from '../../get-or-create/codec/codec'
import { type Fault, faultAt } from '../../get-or-create/errors'
import { readValue } from '../../get-or-create/read-value'
import type { ColumnInfo } from '../../get-or-create/table'
import type { Resource } from '../resource'

/** Reads and writes rows of a resource as JSON. Built once per table. */
export interface RowCodec {
	/** The Drizzle values of a row, and every fault of form at once: such columns are left out of the row. */
	parse(json: unknown): { row: Record<string, unknown>; faults: Fault[] }
	/** One column's value from a query or a path, where all is text; undefined where it can't be one. */
	parseText(column: ColumnInfo, text: string): unknown
	/** The row as callers see it. @throws UnreadableError */
	present(values: readonly DriverValue[]): Record<string, unknown>
}

export function rowCodecOf({ info, visible }: Resource): RowCodec {
	const columns = new Map(visible.map((column) => [column.property, column]))
	return {
		parse(json) {
			if (!isObject(json)) {
				return { row: {}, faults: [{ pointer: '', detail: 'must be a JSON object' }] }
			}
			const faults: Fault[] = []
			const otherwise = new Map<string, unknown>()
			for (const property of Object.keys(json)) {
				const value = json[property]
				const column = columns.get(property)
				const read = column ? parsed(column, value) : new Wrong('is not a column')
				if (read === value) continue
				otherwise.set(property, read instanceof Wrong ? undefined : read)
				if (read instanceof Wrong) faults.push(faultAt({ property }, read.detail))
			}
			if (otherwise.size === 0) return { row: json, faults }
			const entries = Object.entries(json).map(([property, value]) => [
				property,
				otherwise.has(property) ? otherwise.get(property) : value,
			])
			return { row: Object.fromEntries(entries), faults }
		},
		parseText({ codec }, text) {
			const value = codec.parseText(text)
			return value instanceof Wrong || codec.encode(value) instanceof Wrong ? undefined : value
		},
		present(values) {
			const row: Record<string, unknown> = {}
			for (const column of visible) {
				const value = readValue(info, column, values[column.index] ?? null)
				const json = value === null ? null : column.codec.present(value)
				if (column.property === '__proto__') define(row, column.property, json)
				else row[column.property] = json
			}
			return row
		},
	}
}

/** To assign to it would be to change the row's prototype. */
function define(row: object, property: string, value: unknown): void {
	Object.defineProperty(row, property, { value, enumerable: true, configurable: true, writable: true })
}

function isObject(json: unknown): json is Record<string, unknown> {
	return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** Null is for the one who stores it to judge. */
function parsed({ column, codec }: ColumnInfo, json: unknown): unknown {
	if (column.generated) return new Wrong('is not writable: the database computes it')
	return json === null ? null : codec.parse(json)
}
