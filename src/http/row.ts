import * as v from 'valibot'
import type { DriverValue } from '../database/send'
import { faultAt } from '../get-or-create/encode'
import type { Fault } from '../get-or-create/errors'
import { readValue } from '../get-or-create/read-value'
import type { ColumnInfo } from '../get-or-create/table'
import { fieldOf } from './field'
import type { Resource } from './resource'

/** Reads and writes rows of a resource as JSON. Built once per table. */
export interface RowFormat {
	/** The Drizzle values of a row, and every fault of form at once: such columns are left out of the row. */
	parse(json: unknown): { row: Record<string, unknown>; faults: Fault[] }
	/** One column's value from a query or a path, where all is text; undefined where it can't be one. */
	parseText(column: ColumnInfo, text: string): unknown
	/** The row as callers see it. @throws UnreadableError */
	present(values: readonly DriverValue[]): Record<string, unknown>
}

export function rowFormat({ info, visible }: Resource): RowFormat {
	const fields = new Map(visible.map((column) => [column.property, { column, schema: fieldOf(column) }]))
	return {
		parse(json) {
			if (typeof json !== 'object' || json === null || Array.isArray(json)) {
				return { row: {}, faults: [{ pointer: '', detail: 'must be a JSON object' }] }
			}
			const row: Record<string, unknown> = {}
			const faults: Fault[] = []
			for (const [property, value] of Object.entries(json)) {
				const field = fields.get(property)
				if (!field) {
					faults.push(faultAt({ property }, 'is not a column'))
				} else if (field.column.column.generated) {
					faults.push(faultAt({ property }, 'is not writable: the database computes it'))
				} else {
					const result = v.safeParse(field.schema, value)
					if (result.success) row[property] = result.output
					else faults.push(faultAt({ property }, result.issues[0].message))
				}
			}
			return { row, faults }
		},
		parseText({ property, column }, text) {
			const field = fields.get(property)
			const result = field && v.safeParse(field.schema, fromText(column.dataType, text))
			return result?.success ? result.output : undefined
		},
		present(values) {
			return Object.fromEntries(
				visible.map((column) => {
					const value = readValue(info, column, values[column.index] ?? null)
					return [column.property, presentable(value)]
				}),
			)
		},
	}
}

function fromText(dataType: string, text: string): unknown {
	if (dataType === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined
	if (dataType === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
	return text
}

/** A Drizzle value as JSON: dates as RFC 3339, bytes as base64, big integers as text. */
function presentable(value: unknown): unknown {
	if (typeof value === 'bigint') return String(value)
	if (value instanceof Date) return value.toJSON()
	if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
	return value
}
