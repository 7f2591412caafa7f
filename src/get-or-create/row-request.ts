import { additionsOf, type Summand } from './additions'
import { type Fault, faultAt, InvalidRowError } from './errors'
import { cellOf, type Filled, fillIn } from './filled'
import { type Form, fill, formOf, slotsWith, type Terms } from './form'
import { fingerprintOf } from './idempotency'
import { Reference } from './reference'
import { absenceOf, accumulates, type Shape } from './shape'
import { type ColumnInfo, type TableInfo, valueIn } from './table'
import { covers, decidingKey, requireUniqueKey } from './unique-key'
import { hashed, uniqueValuesOf } from './unique-values'

/** One row that somebody asks for, checked and encoded: plain data that may cross from one request to another. */
export interface RowRequest {
	shape: Shape
	/** The whole row as a JSON array in the order of the shape's slots, and behind them what belongs to its key. */
	json: string
	/** Where in it the values end that the caller gave: rows that are equal up to there ask for the same thing. */
	givenEnd: number
	/** What stands behind the values: its Idempotency-Key, its position, and in what a repeat must be equal. */
	note: string | undefined
	/** The unique values it names, its key among them, as numbers: see unique-values.ts. */
	uniqueValues: number[]
	/** What it adds, where it may share a statement with others that add to the same row. */
	summand: Summand | undefined
	/** It refers to its own table, and so perhaps to a row of its call. */
	refersToOwnTable: boolean
	/** With which other rows of its call it stands or falls; unset where with none. */
	bond?: Bond
}

/** Rows that follow each other in a call, and have the same `group`, are done all or none. */
export interface Bond {
	group: number
	/** In a group of several rows: which of them it is, or is held by. */
	row?: number
	/** Another row of the group refers to it. */
	isReferred?: true
	/** The rows of the group that it refers to, by their places in the call. */
	refersTo?: readonly number[]
}

/** `by` defaults to every given column (get or create), or to the unique keys that the row covers (update or create); `update` to every given column outside `by`. */
export interface Ask extends Terms {
	row: Readonly<Record<string, unknown>>
	/** What reading the row has found wrong already, to be told together with the rest. */
	faults?: readonly Fault[]
}

/**
 * Checks and encodes one row of Drizzle values.
 * @throws NotAUniqueKeyError where `by` can't decide a race; InvalidRowError naming every fault at once.
 */
export function rowRequest(table: TableInfo, ask: Ask, form: Form = formOf(table, ask, ask.row)): RowRequest {
	const { row, key } = ask
	const faults = [...(ask.faults ?? [])]
	// Of a row that can't be asked for by these columns nobody knows what it lacks.
	const isHopeless = ask.by !== undefined && !decidingKey(table, ask.by)
	for (const fault of isHopeless ? [] : form.missing) {
		if (!faults.some(({ pointer }) => pointer === '' || pointer === fault.pointer)) faults.push(fault)
	}
	if (!form.key) faults.push(...nullsAsked(table, form, row))
	const isGiven = (column: ColumnInfo) => valueIn(row, column) !== undefined
	const given: Filled[] = []
	for (const { column, absent } of form.given) {
		const value = valueIn(row, column)
		given.push(value === undefined ? absent : fillIn(column, value, faults))
		if (isBeyond(column, value) && ask.verb !== 'get') {
			faults.push(faultAt(column, `must be at most ${column.maximum}, so that others are left to give`))
		}
	}
	if (faults.length > 0) throw new InvalidRowError(faults)
	if (!form.key) requireUniqueKey(table, form.by, ask.verb === 'get' ? 'The filter' : undefined)
	const filled = fill(form, table, faults)
	if (faults.length > 0) throw new InvalidRowError(faults)
	const { slots } = form
	const isPlain = given.every(isCell) && filled.every(isCell)
	const shape =
		isPlain && form.shape
			? form.shape
			: form.shapeWith(slotsWith(slots.given, given), slotsWith(slots.filled, filled))
	const cells = form.isSparse ? absenceOf(slots.given, isGiven) : []
	addCells(cells, given)
	let givenEnd = 0
	for (const cell of cells) givenEnd += cell.length + 1
	const givenCells = cells.length
	addCells(cells, filled)
	const uniqueValues = uniqueValuesOf(shape, cells)
	let note: string | undefined
	if (key) {
		const told = form.given.flatMap(({ column }, place) =>
			isGiven(column) ? toldOf(column, valueIn(row, column), cellOf(given[place]) ?? '') : [],
		)
		const fingerprint = fingerprintOf(form.nameOf(isGiven), told, key)
		uniqueValues.push(hashed(`key ${table.name} ${key.position} ${key.key}`, 0))
		note = [JSON.stringify(key.key), String(key.position), JSON.stringify(fingerprint)].join()
		cells.push(note)
	}
	const refersToOwnTable = form.ownReferences.some((columns) =>
		columns.every((column) => valueIn(row, column) !== null),
	)
	const summand = additionsOf(shape).length > 0 ? { cells, given: givenCells } : undefined
	return { shape, summand, json: `[${cells.join()}]`, givenEnd, note, uniqueValues, refersToOwnTable }
}

function isCell(filled: Filled): boolean {
	return typeof filled === 'string'
}

/** A value in words that are the same for all requests that mean the same. What it refers to has words of its own. */
function toldOf({ codec }: ColumnInfo, value: unknown, cell: string): string {
	if (!(value instanceof Reference)) return codec.told(value, cell)
	return `${JSON.stringify(value.by.map(({ property }) => property))} ${cell}`
}

function addCells(cells: string[], filled: readonly Filled[]): void {
	for (const each of filled) {
		const cell = cellOf(each)
		if (cell !== undefined) cells.push(cell)
	}
}

function isBeyond({ maximum }: ColumnInfo, value: unknown): boolean {
	return maximum !== undefined && typeof value === 'number' && value > maximum
}

/** Where no key is left to decide, the nulls that are to blame for it. */
function nullsAsked(table: TableInfo, { by }: Form, row: Ask['row']): Fault[] {
	const keys = table.keys.filter((key) => covers(by, key)).flatMap(({ columns }) => columns)
	return [...new Set(keys)]
		.filter((column) => !column.column.notNull && valueIn(row, column) === null)
		.map((column) =>
			faultAt(
				column,
				'is null: no row can be asked for by null alone, so leave it out or name another key in by',
			),
		)
}

/** Exactly the same was asked for, under the same key if under any: one answer is right for both. Who adds adds for himself. */
export function isTwin(one: RowRequest, other: RowRequest): boolean {
	return (
		one.shape === other.shape &&
		one.note === other.note &&
		(one.shape.keyed || !accumulates(one.shape)) &&
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
