import { sql } from 'drizzle-orm'
import { blob, integer, real, type SQLiteColumnBuilder, text } from 'drizzle-orm/sqlite-core'
import type { Json } from './kinds/kind.ts'

/** What is known of a column of a real table. */
export interface ColumnFacts {
	type: string
	notNull: boolean
	primary?: boolean
	autoIncrement?: boolean
	unique?: boolean
	length?: number
	/** How many values it has. */
	enum?: number
	mode?: string
	default?: string
	defaultFn?: boolean
	onUpdateFn?: boolean
	generated?: string
	/** It has no other name in SQL than in Drizzle. */
	keyedByProperty?: boolean
}

interface Type {
	builder: (name: string, column: ColumnFacts) => unknown
	/** Values that rows have, as JSON. */
	values: (column: ColumnFacts) => Json[]
	/** The nth of any number of values, as Drizzle has it. An enum and a boolean have few. */
	nth: (n: number, column: ColumnFacts) => unknown
	/** What stands for the project's own default, and for what it sets on an update, as Drizzle has it. */
	initial: unknown
	updated: unknown
	/** The same in SQL. */
	sql: string
}

const types: Record<string, Type> = {
	SQLiteText: {
		builder: (name, { length, enum: choices }) =>
			text(name, {
				...(length === undefined ? {} : { length }),
				...(choices === undefined ? {} : { enum: enumOf(choices) }),
			}),
		values: ({ enum: choices }) => (choices === undefined ? ['u', 'v', 'V'] : enumOf(choices).slice(0, 3)),
		nth: (n, { enum: choices }) => (choices === undefined ? n.toString(36) : `e${n % choices}`),
		initial: 'e0',
		updated: 'e0',
		sql: "(lower('E0'))",
	},
	SQLiteInteger: {
		builder: (name) => integer(name),
		values: ({ primary }) => (primary ? [1, 2, 3, 4, 5] : [1, 2, 3]),
		nth: (n) => 1000 + n,
		initial: 1,
		updated: 2,
		sql: '(1 + 1)',
	},
	SQLiteTimestamp: {
		builder: (name, { mode }) => integer(name, { mode: mode === 'timestamp' ? mode : 'timestamp_ms' }),
		values: () => ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
		nth: (n) => new Date(Date.UTC(2026, 0, 1, n)),
		initial: new Date(0),
		updated: new Date(1000),
		sql: '(1000 + 1000)',
	},
	SQLiteBoolean: {
		builder: (name) => integer(name, { mode: 'boolean' }),
		values: () => [false, true],
		nth: (n) => n % 2 === 1,
		initial: false,
		updated: true,
		sql: '(1 - 1)',
	},
	SQLiteTextJson: {
		builder: (name) => text(name, { mode: 'json' }),
		values: () => [{ a: 1, b: [2] }, { b: [2], a: 1 }, []],
		nth: (n) => ({ n, list: [n, { b: 'é', a: null }] }),
		initial: {},
		updated: [],
		sql: "('{' || '}')",
	},
	SQLiteReal: {
		builder: (name) => real(name),
		values: () => [0.5, 0.1],
		nth: (n) => n + 0.1,
		initial: 0.5,
		updated: 1.5,
		sql: '(1.0 / 2)',
	},
	SQLiteBlobBuffer: {
		builder: (name) => blob(name, { mode: 'buffer' }),
		values: () => ['AAE=', 'AAI='],
		nth: (n) => Buffer.from([0, 255, n]),
		initial: Buffer.from([0]),
		updated: Buffer.from([1]),
		sql: "(x'00')",
	},
}

/** What Drizzle makes the column of, under a name of its own in SQL where it has one. */
export function builderOf(column: ColumnFacts, property: string): SQLiteColumnBuilder {
	const { builder: make, initial, updated, sql: expression } = typeOf(column)
	// Of any column's builder: what is set on it is of the column's type, by `types`.
	const builder = make(column.keyedByProperty ? '' : `${property}_sql`, column) as SQLiteColumnBuilder
	if (column.notNull) builder.notNull()
	if (column.primary) builder.primaryKey()
	if (column.unique) builder.unique()
	if (column.default === 'constant') builder.default(initial)
	if (column.default === 'sql') builder.default(sql.raw(expression))
	if (column.defaultFn) builder.$defaultFn(() => (isId(column) ? crypto.randomUUID() : initial))
	if (column.onUpdateFn) builder.$onUpdateFn(() => updated)
	if (column.generated) builder.generatedAlwaysAs(sql.raw(expression), { mode: 'virtual' })
	return builder
}

export function valuesOf(column: ColumnFacts): Json[] {
	return typeOf(column).values(column)
}

/** The nth value as Drizzle has it: another for each, but where the type has few. */
export function nthValueOf(column: ColumnFacts, n: number): unknown {
	return typeOf(column).nth(n, column)
}

/** Made up by the database or by Drizzle, another for each row. */
export function isId({ type, primary, defaultFn, enum: choices }: ColumnFacts): boolean {
	if (type === 'SQLiteInteger') return primary === true
	return type === 'SQLiteText' && defaultFn === true && choices === undefined
}

function typeOf({ type }: ColumnFacts): Type {
	const known = types[type]
	if (!known) throw new Error(`there is no column like ${type}`)
	return known
}

function enumOf(choices: number): [string, ...string[]] {
	return ['e0', ...Array.from({ length: choices - 1 }, (_, i) => `e${i + 1}`)]
}
