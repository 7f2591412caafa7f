import { encode, faultAt } from './encode'
import { type Fault, InvalidRowError } from './errors'
import { type Asking, fill, formOf } from './form'
import { fingerprintOf, orderedJson } from './idempotency'
import type { Shape } from './shape'
import type { TableInfo } from './table'
import { requireUniqueKey } from './unique-key'

/** One row that somebody asks for, checked and encoded: plain data that may cross from one request to another. */
export interface RowRequest {
	shape: Shape
	/** The values that the caller gave, as JSON: equal text asks for the same thing. */
	given: string
	/** What a repeat under its Idempotency-Key must be equal in. */
	fingerprint: string | undefined
	/** The whole row as a JSON array in the order of the shape's slots, and behind them what belongs to its key. */
	json: string
	/** The unique values it names, its key among them. Requests that share none of them don't depend on each other. */
	uniqueValues: string[]
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
	const uniqueValues = form.keys.flatMap(({ name, places }) => {
		const parts = places.map((place) => values[place])
		return parts.includes('null') ? [] : `${name} ${folded(parts.join())}`
	})
	const request = { shape: filled.shape, given: values.join(), uniqueValues }
	const encoded = [...values, ...filled.values]
	const { key } = ask
	if (!key) return { ...request, fingerprint: undefined, json: `[${encoded.join()}]` }
	const told = form.given.map(({ column, property }, place) =>
		column.dataType === 'json' ? orderedJson(row[property]) : (values[place] ?? ''),
	)
	const fingerprint = fingerprintOf(form.name, told, key)
	const noted = [JSON.stringify(key.key), key.position, JSON.stringify(fingerprint)]
	uniqueValues.push(`key ${table.name} ${key.position} ${key.key}`)
	return { ...request, fingerprint, json: `[${[...encoded, ...noted].join()}]` }
}

/** Folded, so that keys which any of SQLite's collations calls equal are equal here; a false match costs nothing but a plan. */
function folded(key: string): string {
	return key.replaceAll(/\s+"/g, '"').toLowerCase()
}
