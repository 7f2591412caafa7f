import { isSQLWrapper } from 'drizzle-orm'
import type { CasingCache } from 'drizzle-orm/casing'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { driverBytes } from './driver-bytes'
import type { Sum } from './sums'

/** What SQLite makes of a value that is stored: https://sqlite.org/datatype3.html#determination_of_column_affinity */
export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric'

/** What is wrong with a value, as a sentence without its subject. */
export class Wrong {
	constructor(readonly detail: string) {}
}

/** A value that the database works out. In the SQL a parameter stands as `parameter` in expression.ts has it. */
export class Expression {
	constructor(
		readonly text: string,
		/** The cells of its parameters. */
		readonly cells: readonly string[],
	) {}
}

/** As much of JSON Schema 2020-12 as says what a column's value is. */
export interface ValueSchema {
	type?: JsonType | JsonType[]
	description?: string
	enum?: unknown[]
	format?: string
	pattern?: string
	contentEncoding?: string
	maxLength?: number
	minimum?: number
	maximum?: number
}
export type JsonType = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string'

/** A value as the database gives it, but for null. */
export type Stored = string | number | bigint | ArrayBuffer

/** A column as its codec sees it. */
export interface Coded {
	column: SQLiteColumn
	affinity: Affinity
	/** It is part of a unique key: what it does not tell apart is one row. */
	isInKey: boolean
	/** What columns without a name of their own are called in SQL. */
	casing: CasingCache
}

/** How the values of a column travel to the database, and what they are there. A cell is the JSON that carries one. */
export interface Storage {
	/** The cell of what Drizzle would hand to the database; nothing for what the column doesn't hold as it is. */
	cell: (driver: unknown) => string | Wrong | undefined
	/** The value of the cell at a place of a JSON array. */
	sql: (json: string, path: readonly number[]) => string
	/** What is stored is not, to the byte, what the value would be stored as. */
	differs: (stored: string, value: string) => string
	/** The row that is asked for by this value has it; null matches null. */
	matches: (stored: string, value: string) => string
	/** What is stored, as a number or a text in JSON that no reader rounds; and what is stored, of such a one. */
	json: (stored: string) => string
	ofJson: (json: string | number) => Stored
	/** What is stored is that of which `json` has made this. */
	isJson: (stored: string, json: string) => string
}

/** What a column's values are to Drizzle and to those who speak JSON. */
export interface Meaning {
	/** What is wrong with a value, before it is stored. */
	check?: (value: unknown) => Wrong | undefined
	/** The value in words that are the same for all requests that mean the same; its cell, where that will do. */
	told?: (value: unknown) => string
	/** The value that a JSON value means. */
	parse: (json: unknown) => unknown
	/** The value that a piece of a path or a query means. */
	parseText: (text: string) => unknown
	/** The value as JSON has it. */
	present: (value: unknown) => unknown
	/** What JSON has, as a piece of a path or a query; where text stands for itself, nothing. */
	presentText?: (json: unknown) => string
	/** What `parse` takes and `present` gives. */
	schema: ValueSchema
	/** The database compares what is stored as its values compare. */
	isOrdered?: true
	/** How they are added to each other, where the database can. */
	sum?: Sum
}

/**
 * All that there is to know of a column's values but null: nothing else knows of types, affinities, collations or bytes.
 */
export interface Codec extends Storage, Omit<Meaning, 'check' | 'told' | 'presentText'> {
	/** The cell of a Drizzle value, or what is wrong with it. */
	encode: (value: unknown) => string | Wrong | Expression
	told: (value: unknown, cell: string) => string
	presentText: (json: unknown) => string
	/** A stored value as Drizzle reads it. @throws whatever the column's mapper throws */
	read: (stored: Stored) => unknown
}

/** How a value becomes a cell and what is stored a value, where it is not by the column's mapper and the storage alone. */
export interface Encoding {
	/** What Drizzle hands to the database, and what it makes of what it gets. */
	toDriver?: (value: unknown) => unknown
	fromDriver?: (driver: unknown) => unknown
	toCell?: (driver: unknown) => string | Wrong | Expression | undefined
}

/** A codec of what values mean and how they are stored. */
export function codec(
	{ column }: Coded,
	{ check, told, presentText, ...meaning }: Meaning,
	storage: Storage,
	{
		toDriver = (value) => column.mapToDriverValue(value),
		fromDriver = (driver) => column.mapFromDriverValue(driver),
		toCell = storage.cell,
	}: Encoding = {},
): Codec {
	const wrongType = new Wrong(`must be a value for ${column.getSQLType()}`)
	return {
		...meaning,
		...storage,
		encode(value) {
			if (isSQLWrapper(value)) return new Wrong('must be a value, not SQL')
			const wrong = check?.(value)
			if (wrong) return wrong
			try {
				return toCell(toDriver(value)) ?? wrongType
			} catch {
				return wrongType // a mapper given a value of another type may throw whatever it likes
			}
		},
		told: told ?? ((_, sent) => sent),
		presentText: presentText ?? ((json) => (typeof json === 'string' ? json : JSON.stringify(json))),
		read: (stored) => fromDriver(stored instanceof ArrayBuffer ? driverBytes(stored) : stored),
	}
}
