import { encode, faultAt } from './encode'
import { type Fault, InvalidRowError } from './errors'
import { type Asking, fill, formOf } from './form'
import { fingerprintOf, orderedJson } from './idempotency'
import { ownReferences } from './order'
import type { Shape } from './shape'
import type { ColumnInfo, TableInfo } from './table'
import { requireUniqueKey } from './unique-key'
import { hashed, uniqueValuesOf } from './unique-values'

/** One row that somebody asks for, checked and encoded: plain data that may cross from one request to another. */
export interface RowRequest {
	shape: Shape
	/** The whole row as a JSON array in the order of the shape's slots, and behind them what belongs to its key. */
	json: string
	/** Where in it the values end that the caller gave: rows that are equal up to there ask for the same thing. */
	givenEnd: number
	/** What a repeat under its Idempotency-Key must be equal in. */
	fingerprint: string | undefined
	/** The unique values it names, its key among them, as numbers: see unique-values.ts. */
	uniqueValues: number[]
	/** It refers to its own table, and so perhaps to a row of its call. */
	refersToOwnTable: boolean
}

/** `by` defaults to every given column (get or create), or to the unique keys that the row covers (update or create); `update` to every given column outside `by`. */
export interface Ask extends Asking {
	row: Readonly<Record<string, unknown>>
	/** What reading the row has found wrong already, to be told together with the rest. */
	faults?: readonly Fault[]
}

const NULL_ASKED = 'is null: no row can be asked for by null, so leave it out or name other columns in by'

/**
 * Checks and encodes one row of Drizzle values.
 * @throws NotAUniqueKeyError where `by` can't decide a race; InvalidRowError naming every fault at once.
 */
export function rowRequest(table: TableInfo, ask: Ask): RowRequest {
	const { row } = ask
	const form = formOf(table, ask, row)
	if (ask.by && !form.decides) requireUniqueKey(table, ask.by)
	const faults = [...(ask.faults ?? [])]
	for (const fault of form.missing) {
		if (!faults.some(({ pointer }) => pointer === '' || pointer === fault.pointer)) faults.push(fault)
	}
	for (const column of form.by) {
		if (row[column.property] === null) faults.push(faultAt(column, NULL_ASKED))
	}
	for (const column of ask.verb === 'get' ? [] : form.given) {
		const value = row[column.property]
		if (column.maximum !== undefined && typeof value === 'number' && value > column.maximum) {
			faults.push(faultAt(column, `must be at most ${column.maximum}, so that others are left to give`))
		}
	}
	const values = form.given.map((column) => encode(column, row[column.property], faults))
	if (faults.length > 0) throw new InvalidRowError(faults)
	if (!form.decides) requireUniqueKey(table, form.by)
	const filled = fill(form, faults)
	if (faults.length > 0) throw new InvalidRowError(faults)
	const { shape } = filled
	const given = values.join()
	const encoded = [...values, ...filled.values]
	const request = {
		shape,
		givenEnd: given.length + 1,
		uniqueValues: uniqueValuesOf(shape, encoded),
		refersToOwnTable: ownReferences(shape).some((columns) =>
			columns.every(({ property }) => row[property] !== null),
		),
	}
	const { key } = ask
	if (!key) {
		const json = encoded.length === values.length ? `[${given}]` : `[${encoded.join()}]`
		return { ...request, fingerprint: undefined, json }
	}
	const told = form.given.map((column, place) => tell(column, row, values[place] ?? ''))
	const fingerprint = fingerprintOf(form.name, told, key)
	const noted = [JSON.stringify(key.key), key.position, JSON.stringify(fingerprint)]
	request.uniqueValues.push(hashed(`key ${table.name} ${key.position} ${key.key}`, 0))
	return { ...request, fingerprint, json: `[${[...encoded, ...noted].join()}]` }
}

/** A value as its fingerprint has it. */
function tell(
	{ column, property }: ColumnInfo,
	row: Readonly<Record<string, unknown>>,
	encoded: string,
): string {
	return column.dataType === 'json' ? orderedJson(row[property]) : encoded
}

/** Exactly the same was asked for, under the same key if under any: one answer is right for both. */
export function isTwin(one: RowRequest, other: RowRequest): boolean {
	return (
		one.shape === other.shape &&
		one.fingerprint === other.fingerprint &&
		one.givenEnd === other.givenEnd &&
		one.json.slice(0, one.givenEnd) === other.json.slice(0, other.givenEnd)
	)
}

/** A waiting row holds, beside its text, the request that sent it, and its values as they were read. */
const ROW_BYTES = 600
const COPIES = 4

/** About how much memory a row takes while it waits, in bytes. */
export function weightOf({ json }: RowRequest): number {
	// V8 keeps a text in one byte a character where none is beyond these.
	const isWide = json.length > ROW_BYTES && /[\u0100-\uffff]/.test(json)
	return ROW_BYTES + json.length * COPIES * (isWide ? 2 : 1)
}
