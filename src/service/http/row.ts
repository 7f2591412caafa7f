import { Wrong } from '../../get-or-create/codec/codec'
import { type Fault, faultAt } from '../../get-or-create/errors'
import type { DoneRow } from '../../get-or-create/outcome'
import { readValue } from '../../get-or-create/read-value'
import { Reference } from '../../get-or-create/reference'
import { MAX_DEPTH, type ReferenceTerms, type SeenTable, TOO_DEEP } from '../../get-or-create/seen-table'
import type { ColumnInfo } from '../../get-or-create/table'

/** Reads and writes rows of a resource as JSON. Built once per table. */
export interface RowCodec {
	/**
	 * The Drizzle values of a row, and every fault of form at once: such columns are left out of the row. A row that stands
	 * in the place of its key is a Reference.
	 */
	parse(
		json: unknown,
		references?: ReferenceTerms,
		depth?: number,
	): { row: Record<string, unknown>; faults: Fault[] }
	/** One column's value from a query or a path, where all is text; undefined where it can't be one. */
	parseText(column: ColumnInfo, text: string): unknown
	/** The row as callers see it. @throws UnreadableError */
	present(values: DoneRow['values']): Record<string, unknown>
	/** A row that is there, whether it was made, and the same of those that it was given as references. @throws UnreadableError */
	told(done: DoneRow): Told
}

export interface Told {
	row: Record<string, unknown>
	created: boolean
	references?: Record<string, Told>
}

const NO_TERMS: ReferenceTerms = new Map()

const codecs = new WeakMap<SeenTable, RowCodec>()

export function rowCodecOf(table: SeenTable): RowCodec {
	const known = codecs.get(table)
	if (known) return known
	const made = codecFor(table)
	codecs.set(table, made)
	return made
}

function codecFor({ info, columns: visible, parentOf }: SeenTable): RowCodec {
	const columns = new Map(visible.map((column) => [column.property, column]))
	const parents = new Map(
		visible.flatMap((column) => (column.refersTo.length > 0 ? [[column.property, column]] : [])),
	)
	const referenceIn = (
		property: string,
		json: Record<string, unknown>,
		references: ReferenceTerms,
		depth: number,
	): Reference | Wrong | undefined => {
		const column = parents.get(property)
		const parent = column && parentOf(column)
		if (!parent) return undefined
		if (depth >= MAX_DEPTH) return new Wrong(TOO_DEEP)
		const { by, references: inner } = references.get(property) ?? {}
		return new Reference(parent.info, rowCodecOf(parent).parse(json, inner, depth + 1), by)
	}
	return {
		parse(json, references = NO_TERMS, depth = 0) {
			if (!isObject(json)) {
				return { row: {}, faults: [{ pointer: '', detail: 'must be a JSON object' }] }
			}
			const faults: Fault[] = []
			const otherwise = new Map<string, unknown>()
			for (const property of Object.keys(json)) {
				const value = json[property]
				const column = columns.get(property)
				const held = isObject(value) ? referenceIn(property, value, references, depth) : undefined
				const read = held ?? (column ? parsed(column, value) : new Wrong('is not a column'))
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
		told({ values, created, references }) {
			const row = this.present(values)
			if (!references) return { row, created }
			const told = [...references].flatMap(([property, done]): [string, Told][] => {
				const column = parents.get(property)
				const parent = column && parentOf(column)
				return parent ? [[property, rowCodecOf(parent).told(done)]] : []
			})
			return { row, created, references: Object.fromEntries(told) }
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
